import type { Act } from "./act.ts";

/** What pages say after acts and uploads that can end in several ways. */
export const PEOPLE_SENTENCES: Readonly<Record<string, string>> = {
  "recheck-not-due":
    "They were not asked for again: they were looked up within the last hour, or no provider is configured.",
  "own-photo": "The photo is shown for them in this workspace now.",
};

const username = (fields: URLSearchParams): string => fields.get("username") ?? "";

export const PEOPLE_ACTS: Readonly<Record<string, Act>> = {
  "load-samples": {
    done: "The sample people are here. They exist nowhere, and one press takes them away again.",
    async run({ imports }, viewer, organizationId) {
      await imports.samples.load(viewer, organizationId);
      return undefined;
    },
  },
  "remove-samples": {
    done: "The sample people are gone.",
    async run({ imports }, viewer, organizationId) {
      await imports.samples.remove(viewer, organizationId);
      return undefined;
    },
  },
  "suppress-person": {
    done: "They are shown as initials in this workspace now, and what was imported of them is deleted.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.suppress(viewer, organizationId, username(fields), fields.get("reason") ?? "");
      return undefined;
    },
  },
  "unsuppress-person": {
    done: "They may be shown in this workspace again. What was deleted does not come back by itself.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.unsuppress(viewer, organizationId, username(fields));
      return undefined;
    },
  },
  "delete-person": {
    done: "The person is deleted from this workspace.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.delete(viewer, organizationId, username(fields));
      return { to: `/${organizationId}/people` };
    },
  },
  "recheck-person": {
    done: "They are being looked up. A photo that is found shows here by itself.",
    async run({ profiles }, viewer, organizationId, fields) {
      const queued = await profiles.people.recheck(viewer, organizationId, username(fields));
      return queued ? undefined : { done: "recheck-not-due" };
    },
  },
  "remove-own-photo": {
    done: "The photo is removed.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.removeOwnPhoto(viewer, organizationId, username(fields));
      return undefined;
    },
  },
};
