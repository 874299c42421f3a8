import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { createEnrichmentQueue } from "./queue.ts";

/** What was asked a moment ago is not asked again: each time costs the operator at a provider. */
const NOT_BEFORE_MS = 3_600_000;

/** Looks a person up again before it is time, at the wish of an owner or admin. */
export function createRecheck(options: {
  db: Database;
  clock: Clock;
  queue: ReturnType<typeof createEnrichmentQueue>;
  providers: readonly string[];
}) {
  const { db, clock, queue, providers } = options;
  /**
   * True when the person is queued; false when they were looked up within the last hour, or no provider is configured.
   * Throws AppError `organization_not_found`, `role_too_low`, `person_not_found`, `person_suppressed`.
   */
  return async function recheck(viewer: Viewer, organizationId: string, username: string): Promise<boolean> {
    await requireRole(db.query, organizationId, viewer, "admin");
    const [known] = await db.query<{ hidden: boolean }>(KNOWN, [organizationId, username]);
    if (!known) throw new AppError("person_not_found", { fields: { username } });
    if (known.hidden) throw new AppError("person_suppressed", { fields: { username } });
    if (providers.length === 0) return false;
    const now = clock.now();
    const [recent] = await db.query(
      `with due as (update profile set stale_at = $2 where username = $1 and (checked_at is null or checked_at <= $3))
       select 1 from profile where username = $1 and checked_at > $3`,
      [username, new Date(now), new Date(now - NOT_BEFORE_MS)],
    );
    if (recent) return false;
    await queue.request(username);
    const actor = actorOf(viewer);
    await recordAudit(db.query, clock, { organizationId, actor, action: "person.recheck", target: username });
    return true;
  };
}

const KNOWN = `
select exists (select from suppression where username = $2)
  or exists (select from hidden_person where organization_id = $1 and username = $2) as hidden
from (
  select 1 from imported_person where organization_id = $1 and username = $2
  union all select 1 from organization_profile where organization_id = $1 and username = $2 limit 1
) known`;
