import { type Clock, monthOf } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { firstIdAt } from "#lib/platform/ids";
import type { Log } from "#lib/platform/log";
import { ID_SLACK_MS } from "./requests.ts";

const DAY_MS = 86_400_000;

/**
 * Compares the rollups of today and the two days before with the rows they count, and adds what is missing. They are
 * written together, so there is a difference only when processes of an older version, which know of no rollups, ran beside
 * this one. Returns how many rollup rows were wrong.
 */
export async function reconcileRollups({ db, clock, log }: { db: Database; clock: Clock; log: Log }): Promise<number> {
  const from = Math.floor(clock.now() / DAY_MS - 2) * DAY_MS;
  const organizations = await db.query<{ id: string }>(
    "select distinct organization_id as id from quota_counter where period >= $1::date",
    [monthOf(from)],
  );
  let wrong = 0;
  for (const { id } of organizations) {
    for (const repair of REPAIRS) {
      const rows = await db.query(repair, [id, new Date(from), firstIdAt("req", from - ID_SLACK_MS)]);
      wrong += rows.length;
      if (rows.length > 0)
        log.warn({ organizationId: id, rows: rows.length }, "rollups lacked requests and were completed");
    }
  }
  return wrong;
}

const HOUR = { hour: "date_trunc('hour', created_at, 'UTC')" };
const KIND = { channel: "channel", outcome: "outcome" };
const SOURCE = { source_id: "coalesce(key_id, connection_id, '')", client: "coalesce(client, '')" };
const REQUESTS = { requests: "count(*)" };
const UNITS = { units: "sum(units)" };

/** What roll_up_avatar_requests_v1 writes: table, which rows it counts, by what, and what of them. */
const ROLLUPS: [table: string, rows: string, keys: Record<string, string>, sums: Record<string, string>][] = [
  [
    "request_hour",
    "outcome <> 'pending'",
    { ...HOUR, ...KIND },
    { ...REQUESTS, ...UNITS, new_profiles: "count(*) filter (where new_profile and units > 0)" },
  ],
  ["request_hour_source", "outcome <> 'pending'", { ...HOUR, ...KIND, ...SOURCE }, REQUESTS],
  [
    "request_day_source",
    "outcome <> 'pending'",
    { day: "(created_at at time zone 'UTC')::date", ...SOURCE },
    { ...REQUESTS, ...UNITS },
  ],
  [
    "request_latency",
    "outcome in ('resolved', 'enriching', 'not_found') and latency_ms is not null",
    { ...HOUR, bucket: "latency_bucket_v1(latency_ms)" },
    REQUESTS,
  ],
];

// One statement sees rows and rollups of one moment, and the difference is added: requests go on being counted meanwhile.
const REPAIRS = ROLLUPS.map(([table, rows, keys, sums]) => {
  const [keyNames, sumNames] = [Object.keys(keys), Object.keys(sums)];
  const columns = (all: Record<string, string>) => Object.entries(all).map(([name, sql]) => `${sql} as ${name}`);
  const differences = sumNames.map((name) => `coalesce(c.${name}, 0) - coalesce(r.${name}, 0) as ${name}`);
  return `
with counted as (
  select ${[...columns(keys), ...columns(sums)].join(", ")} from avatar_request
  where organization_id = $1 and id >= $3 and created_at >= $2 and ${rows} group by ${keyNames.map((_, i) => i + 1).join(", ")}
), rolled as (
  select * from ${table} where organization_id = $1 and ${keyNames[0]} >= $2
), difference as (
  select ${[...keyNames, ...differences].join(", ")} from counted c full join rolled r using (${keyNames.join(", ")})
)
insert into ${table} (organization_id, ${[...keyNames, ...sumNames].join(", ")})
select $1, * from difference where ${sumNames.map((name) => `${name} <> 0`).join(" or ")} order by ${keyNames.join(", ")}
on conflict (organization_id, ${keyNames.join(", ")}) do update set
  ${sumNames.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(", ")}
returning 1`;
});
