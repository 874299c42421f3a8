import { AppError } from "#lib/platform/errors";
import type { Act } from "./act.ts";

export const SETTINGS_ACTS: Readonly<Record<string, Act>> = {
  "rename-workspace": {
    done: "The workspace has its new name.",
    keeps: ["name"],
    async run({ workspaces }, viewer, organizationId, fields) {
      await workspaces.rename(viewer, organizationId, fields.get("name") ?? "");
      return undefined;
    },
  },
  "set-retention": {
    done: "Saved. What is older is deleted tonight.",
    keeps: ["days"],
    async run({ privacy }, viewer, organizationId, fields) {
      const typed = (fields.get("days") ?? "").trim();
      await privacy.retention.set(viewer, organizationId, typed === "" ? null : Number(typed));
      return undefined;
    },
  },
  "delete-workspace": {
    done: "The workspace is deleted.",
    async run({ workspaces }, viewer, organizationId, fields) {
      await workspaces.delete(viewer, organizationId, fields.get("typed") ?? "");
      return { to: "/workspaces" };
    },
  },
  "end-session": {
    done: "The session has ended. That browser is signed out.",
    async run({ sessions }, viewer, _organizationId, fields) {
      await sessions.endOne(viewer, fields.get("id") ?? "");
      return undefined;
    },
  },
  "end-other-sessions": {
    done: "All your other sessions have ended. Those browsers are signed out.",
    async run({ sessions }, viewer) {
      if ((await sessions.endOthers(viewer)) === 0) throw new AppError("session_not_found");
      return undefined;
    },
  },
};
