import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { firstIdAt } from "#lib/platform/ids";

const DAY_MS = 86_400_000;
/** Counters are compared with the rows of this month and of the last one; those must be there. */
export const MIN_KEEP_REQUESTS_DAYS = 62;
/** Rows deleted by one statement: few enough that nobody waits for it. */
const AT_ONCE = 5_000;

/**
 * For how long it is kept who asked for whom, and who was not found. Only rows are deleted: charts and counters are
 * rollups, which name nobody, and stay as they are.
 */
export function createRetention(options: {
  db: Database;
  clock: Clock;
  /** What the installation keeps at most. */
  keepRequestsDays: number;
  keepMissesDays: number;
}) {
  const { db, clock, keepRequestsDays, keepMissesDays } = options;

  async function deleteAll(statement: string, values: unknown[]): Promise<number> {
    let deleted = 0;
    for (;;) {
      const rows = await db.query(statement, values);
      deleted += rows.length;
      if (rows.length < AT_ONCE) return deleted;
    }
  }

  return {
    /** What holds for a workspace: its own choice (null: none) and the installation's. Throws `organization_not_found`. */
    async get(viewer: Viewer, organizationId: string) {
      await requireRole(db.query, organizationId, viewer, "member");
      const [row] = await db.query<{ own: number | null }>(
        "select keep_requests_days as own from organization where id = $1",
        [organizationId],
      );
      return { own: row?.own ?? null, keepRequestsDays, keepMissesDays };
    },

    /**
     * How many days this workspace keeps the rows of its requests; null is as long as the installation does. For owners.
     * Throws AppError `role_too_low`, `organization_not_found`, `invalid_retention`.
     */
    async set(viewer: Viewer, organizationId: string, days: number | null): Promise<void> {
      if (days !== null && !(Number.isInteger(days) && days >= MIN_KEEP_REQUESTS_DAYS && days <= keepRequestsDays)) {
        const problem = `Requests are kept for ${MIN_KEEP_REQUESTS_DAYS} to ${keepRequestsDays} days here.`;
        throw new AppError("invalid_retention", { fields: { problem } });
      }
      await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "owner");
        await query("update organization set keep_requests_days = $2 where id = $1", [organizationId, days]);
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOf(viewer),
          action: "retention.set",
          target: organizationId,
          detail: { days },
        });
      });
    },

    /** Deletes what is older, a few thousand rows at a time. Returns how many went. */
    async apply(): Promise<{ requests: number; misses: number }> {
      const now = clock.now();
      const organizations = await db.query<{ id: string; days: number }>(
        "select id, least(coalesce(keep_requests_days, $1), $1)::int as days from organization",
        [keepRequestsDays],
      );
      let requests = 0;
      for (const { id, days } of organizations) {
        // Ids carry their time, so the rows of one organization are found at one end of its index.
        const before = firstIdAt("req", now - days * DAY_MS);
        for (const table of ["avatar_request", "persona_request"])
          requests += await deleteAll(
            `delete from ${table} where organization_id = $1 and id in (
               select id from ${table} where organization_id = $1 and id < $2 order by id limit ${AT_ONCE}) returning 1`,
            [id, before],
          );
      }
      const misses = await deleteAll(
        `delete from profile where username in (
           select username from profile where status = 'not_found' and photo_sha256 is null and facts = '{}'::jsonb
             and canonical_username is null and coalesce(checked_at, stale_at) < $1 limit ${AT_ONCE}) returning 1`,
        [new Date(now - keepMissesDays * DAY_MS)],
      );
      return { requests, misses };
    },
  };
}
