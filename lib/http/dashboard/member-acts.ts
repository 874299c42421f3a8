import { isRole } from "#lib/organizations";
import { AppError } from "#lib/platform/errors";
import { invite } from "../invite.ts";
import type { Act } from "./act.ts";
import { shownOnce } from "./shown-once.ts";

export const MEMBER_ACTS: Readonly<Record<string, Act>> = {
  invite: {
    done: "The invitation is made; its link is below.",
    async run(services, viewer, organizationId, fields) {
      const role = fields.get("role") ?? "";
      if (!isRole(role)) throw new AppError("form_refused");
      const email = fields.get("email")?.trim() || null;
      const { id, token, sent } = await invite(services, viewer, organizationId, { role, email });
      const cookies = [shownOnce(services, "invitation", { organizationId, id, secret: token })];
      return sent === "none" ? { cookies } : { cookies, done: `invite-${sent}` };
    },
  },
  "revoke-invitation": {
    done: "The invitation is revoked. Its link lets nobody in.",
    async run({ invitations }, viewer, organizationId, fields) {
      await invitations.revoke(viewer, organizationId, fields.get("id") ?? "");
      return undefined;
    },
  },
  "change-role": {
    done: "The role is changed, and holds from the next page on.",
    async run({ members }, viewer, organizationId, fields) {
      const role = fields.get("role") ?? "";
      if (!isRole(role)) throw new AppError("form_refused");
      await members.setRole(viewer, organizationId, fields.get("id") ?? "", role);
      return undefined;
    },
  },
  "remove-member": {
    done: "The membership has ended, and with it the connections made under it.",
    async run({ members }, viewer, organizationId, fields) {
      const userId = fields.get("id") ?? "";
      await members.remove(viewer, organizationId, userId);
      return userId === viewer.userId ? { to: "/workspaces" } : undefined;
    },
  },
};
