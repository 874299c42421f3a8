import { recordAudit } from "#lib/platform/audit";
import { type Clock, endOfMonth, monthOf } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { firstIdAt } from "#lib/platform/ids";
import type { Log } from "#lib/platform/log";
import type { Metric } from "./plans.ts";

/** A counter that did not agree with the AvatarRequest rows behind it, and was set to what they say. */
export type Repair = { organizationId: string; metric: Metric; counted: number; rows: number };

const HOUR_MS = 3_600_000;

/**
 * Compares the counters of this month, and on its first day those of the last one too, with the rows that were written
 * beside them and repairs what differs, loudly: they commit together, so a difference means a fault in this program or
 * a hand in the database.
 */
export async function reconcileCounters({
  db,
  clock,
  log,
}: {
  db: Database;
  clock: Clock;
  log: Log;
}): Promise<Repair[]> {
  const now = clock.now();
  const repairs: Repair[] = [];
  for (const period of new Set([monthOf(now - 24 * HOUR_MS), monthOf(now)])) {
    const organizations = await db.query<{ id: string }>(
      "select distinct organization_id as id from quota_counter where period = $1::date",
      [period],
    );
    for (const { id } of organizations) repairs.push(...(await reconcileOne(id, period)));
  }
  return repairs;

  async function reconcileOne(organizationId: string, period: string): Promise<Repair[]> {
    // One statement sees one moment, so nobody has to be held up for the comparison.
    if ((await differences(db.query, organizationId, period)).length === 0) return [];
    const wrong = await db.transaction(async (query) => {
      // Of two that compare at once the second would repair again what the first has just repaired.
      await query("select pg_advisory_xact_lock(hashtextextended('reconcile ' || $1, 0))", [organizationId]);
      const found = await differences(query, organizationId, period);
      for (const { metric, counted, rows } of found) {
        // By the difference, since requests have gone on being counted.
        await query(
          "update quota_counter set used = used + $4 where organization_id = $1 and period = $2::date and metric = $3",
          [organizationId, period, metric, rows - counted],
        );
        await recordAudit(query, clock, {
          organizationId,
          actor: "system",
          action: "quota.repair",
          target: metric,
          detail: { counted, rows },
        });
      }
      return found;
    });
    for (const { metric, counted, rows } of wrong)
      log.error(
        { organizationId, metric, counted, rows },
        "a quota counter did not agree with its rows and was repaired",
      );
    return wrong.map((row) => ({ organizationId, ...row }));
  }
}

/** The counters of a month that are not what the rows say. */
async function differences(
  query: Query,
  organizationId: string,
  period: string,
): Promise<Omit<Repair, "organizationId">[]> {
  const start = Date.parse(period);
  const end = endOfMonth(start);
  // A unit belongs to the month of its created_at. The id may have been made in the month before; it only bounds what
  // has to be read.
  const rows = await query<Omit<Repair, "organizationId">>(
    `select metric, used as counted, case metric when 'avatar_requests' then written.requests
       when 'persona_requests' then asked.requests else written.new_profiles end as rows
     from quota_counter, (
       select coalesce(sum(units), 0)::bigint as requests, count(*) filter (where new_profile and units > 0) as new_profiles
       from avatar_request where organization_id = $1 and id >= $3 and id < $4
         and created_at >= $5::timestamptz and created_at < $6::timestamptz) as written, (
       select coalesce(sum(units), 0)::bigint as requests from persona_request
       where organization_id = $1 and created_at >= $5::timestamptz and created_at < $6::timestamptz) as asked
     where organization_id = $1 and period = $2::date and metric in ('avatar_requests', 'avatar_new_profiles', 'persona_requests')`,
    [
      organizationId,
      period,
      firstIdAt("req", start - HOUR_MS),
      firstIdAt("req", end + HOUR_MS),
      new Date(start),
      new Date(end),
    ],
  );
  return rows.filter((row) => row.rows !== row.counted);
}
