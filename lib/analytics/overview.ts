import { requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { firstIdAt } from "#lib/platform/ids";
import { addDays, type DayRange, dayRange, lengthOf, stepsOf } from "./days.ts";
import { type LatencyBucket, quantile } from "./latency.ts";
import { CHANNELS, type Channel, OUTCOMES, type Outcome } from "./request-filter.ts";
import { ID_SLACK_MS } from "./requests.ts";

export type Totals = {
  requests: number;
  outcomes: Record<Outcome, number>;
  channels: Record<Channel, number>;
  /** Units of avatar_requests that were taken and not given back. */
  units: number;
  newProfiles: number;
};

export type AnalyticsOverview = {
  /** What was read, after anything unusable in the question was put right. */
  range: DayRange;
  /** One entry a day, or an hour when the range is one day; none is left out. `at` is `2026-11-21` or `2026-11-21T14:00`. */
  step: "day" | "hour";
  series: (Totals & { at: string })[];
  totals: Totals;
  /** The same number of days before, for comparison. */
  previous: Totals;
  /** Of answered requests, in milliseconds; null when there were none. */
  latency: { p50: number | null; p95: number | null };
  previousLatency: { p50: number | null; p95: number | null };
  /** Over more than a week, days of UTC. */
  topKeys: { id: string; name: string; last4: string; requests: number }[];
  topClients: { client: string; requests: number }[];
  /** Counted over the latest `profilesOf` requests of the range, which is all of them up to 5,000. */
  topProfiles: { username: string; requests: number }[];
  profilesOf: number;
};

const TOP = 10;
/** Over longer ranges, keys and clients are counted by days of UTC, whatever the time zone. */
const TOPS_BY_HOUR_DAYS = 7;
const PROFILES_OF = 5_000;

/** Reads an organization's traffic, for its members. */
export function createAnalyticsOverview({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /**
     * `from` and `to` are days (`2026-11-21`), both included, in `timeZone` (`Europe/Berlin`); without them the last 30 days,
     * UTC. Rollups are by the hour: in zones half an hour off, days begin at the full hour of UTC before midnight.
     * Throws AppError `organization_not_found` for whoever is no member.
     */
    async overview(
      viewer: Viewer,
      organizationId: string,
      asked: { from?: string; to?: string; timeZone?: string } = {},
    ): Promise<AnalyticsOverview> {
      await requireRole(db.query, organizationId, viewer, "member");
      const range = dayRange(asked, clock.now());
      const step = range.from === range.to ? "hour" : "day";
      const before = addDays(range.from, -lengthOf(range.from, range.to));
      const bounds = [organizationId, before, range.from, addDays(range.to, 1), range.timeZone];
      const topBounds = [organizationId, range.from, addDays(range.to, 1), range.timeZone, TOP];
      const tops = lengthOf(range.from, range.to) <= TOPS_BY_HOUR_DAYS ? inHours : inDays;
      const [counts, buckets, keys, clients, profiles] = await Promise.all([
        db.query<CountRow>(COUNTS, [...bounds, step, step === "day" ? "YYYY-MM-DD" : 'YYYY-MM-DD"T"HH24:00']),
        db.query<LatencyBucket & { current: boolean }>(LATENCIES, bounds),
        db.query<AnalyticsOverview["topKeys"][number]>(topKeys(tops), topBounds),
        db.query<AnalyticsOverview["topClients"][number]>(topClients(tops), topBounds),
        topProfiles(organizationId, range),
      ]);
      const current = counts.filter((row) => row.current);
      const quantiles = (rows: LatencyBucket[]) => ({ p50: quantile(rows, 0.5), p95: quantile(rows, 0.95) });
      return {
        range,
        step,
        series: seriesOf(current, stepsOf(range, step)),
        totals: sum(current),
        previous: sum(counts.filter((row) => !row.current)),
        latency: quantiles(buckets.filter((row) => row.current)),
        previousLatency: quantiles(buckets.filter((row) => !row.current)),
        topKeys: keys,
        topClients: clients,
        ...profiles,
      };
    },
  };

  async function topProfiles(organizationId: string, { from, to, timeZone }: DayRange) {
    // An id is made a little before its row's time: it bounds what is read, the time decides.
    const [bounds] = await db.query<{ starts: Date; ends: Date }>(
      "select $1::date::timestamp at time zone $3 as starts, $2::date::timestamp at time zone $3 as ends",
      [from, addDays(to, 1), timeZone],
    );
    const [starts, ends] = [bounds?.starts ?? new Date(0), bounds?.ends ?? new Date(0)];
    const rows = await db.query<{ username: string; requests: number; of: number }>(TOP_PROFILES, [
      organizationId,
      firstIdAt("req", starts.getTime() - ID_SLACK_MS),
      firstIdAt("req", ends.getTime()),
      starts,
      ends,
      PROFILES_OF,
      TOP,
    ]);
    return {
      topProfiles: rows.map(({ username, requests }) => ({ username, requests })),
      profilesOf: rows[0]?.of ?? 0,
    };
  }
}

type CountRow = {
  current: boolean;
  at: string;
  channel: Channel;
  outcome: Outcome;
  requests: number;
  units: number;
  newProfiles: number;
};

// By hour first: turning a moment into a day of a time zone is most of the work.
const COUNTS = `
with bounds as (
  select $2::date::timestamp at time zone $5 as before, $3::date::timestamp at time zone $5 as starts,
    $4::date::timestamp at time zone $5 as ends
), hourly as (
  select hour, channel, outcome, sum(requests) as requests, sum(units) as units, sum(new_profiles) as new_profiles
  from request_hour, bounds where organization_id = $1 and hour >= before and hour < ends group by 1, 2, 3
)
select hour >= starts as current, case when hour >= starts then to_char(date_trunc($6, hour at time zone $5), $7) end as at,
  channel, outcome, sum(requests)::bigint as requests, sum(units)::bigint as units, sum(new_profiles)::bigint as "newProfiles"
from hourly, bounds group by 1, 2, 3, 4`;

const LATENCIES = `
with bounds as (
  select $2::date::timestamp at time zone $5 as before, $3::date::timestamp at time zone $5 as starts,
    $4::date::timestamp at time zone $5 as ends
)
select hour >= starts as current, bucket, sum(requests)::bigint as requests from request_latency, bounds
where organization_id = $1 and hour >= before and hour < ends group by 1, 2`;

/** Keys and clients of a range, from hours or from days (UTC). */
const inHours = `from request_hour_source where organization_id = $1 and hour >= $2::date::timestamp at time zone $4
  and hour < $3::date::timestamp at time zone $4`;
const inDays =
  "from request_day_source where organization_id = $1 and day >= $2::date and day < $3::date and $4::text is not null";

const topKeys = (range: string) => `
select k.id, k.name, k.last4, top.requests from (
  select source_id, sum(requests)::bigint as requests ${range} group by 1
) top join api_key k on k.organization_id = $1 and k.id = top.source_id
order by top.requests desc, k.id limit $5`;

const topClients = (range: string) => `
select client, sum(requests)::bigint as requests ${range} and client <> '' group by 1 order by 2 desc, 1 limit $5`;

const TOP_PROFILES = `
with latest as materialized (
  select username from avatar_request
  where organization_id = $1 and id >= $2 and id < $3 and created_at >= $4 and created_at < $5
  order by id desc limit $6
)
select username, count(*) as requests, (select count(*) from latest) as of from latest where username is not null
group by username order by 2 desc, 1 limit $7`;

function seriesOf(rows: readonly CountRow[], steps: readonly string[]): AnalyticsOverview["series"] {
  const byStep = Map.groupBy(rows, (row) => row.at);
  return steps.map((at) => ({ at, ...sum(byStep.get(at) ?? []) }));
}

function sum(rows: readonly CountRow[]): Totals {
  const totals: Totals = {
    requests: 0,
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Totals["outcomes"],
    channels: Object.fromEntries(CHANNELS.map((channel) => [channel, 0])) as Totals["channels"],
    units: 0,
    newProfiles: 0,
  };
  for (const row of rows) {
    totals.requests += row.requests;
    totals.outcomes[row.outcome] += row.requests;
    totals.channels[row.channel] += row.requests;
    totals.units += row.units;
    totals.newProfiles += row.newProfiles;
  }
  return totals;
}
