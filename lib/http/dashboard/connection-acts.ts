import { AppError } from "#lib/platform/errors";
import type { Act } from "./act.ts";

export const CONNECTION_ACTS: Readonly<Record<string, Act>> = {
  "revoke-connection": {
    done: "The connection has ended. The client is refused within a second.",
    async run({ connections }, { userId }, _organizationId, fields) {
      if (!(await connections.revoke({ userId }, fields.get("id") ?? "", "revoked_by_user")))
        throw new AppError("connection_not_found");
      return undefined;
    },
  },
  /** Those the page lists: a member's own, everybody's for owners and admins. */
  "revoke-connections": {
    done: "All these connections have ended. Their clients are refused within a second.",
    async run({ connections }, viewer, organizationId) {
      const listed = await connections.overview(viewer, organizationId);
      let ended = 0;
      for (const { id } of listed)
        if (await connections.revoke({ userId: viewer.userId }, id, "revoked_by_user")) ended++;
      if (ended === 0) throw new AppError("connection_not_found");
      return undefined;
    },
  },
};
