import { requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Tells what ending a key would stop. */
export function createRecentUse({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /**
     * Requests with a key in the last 24 hours and the part of an hour before them, refused ones among them.
     * Throws AppError `organization_not_found` for whoever is no member.
     */
    async usedInLastDay(viewer: Viewer, organizationId: string, keyId: string): Promise<number> {
      await requireRole(db.query, organizationId, viewer, "member");
      const since = clock.now() - DAY_MS;
      const [row] = await db.query<{ requests: number }>(
        `select coalesce(sum(requests), 0)::bigint as requests from request_hour_source
         where organization_id = $1 and hour >= $2 and channel = 'api' and source_id = $3`,
        [organizationId, new Date(since - (since % HOUR_MS)), keyId],
      );
      return row?.requests ?? 0;
    },
  };
}
