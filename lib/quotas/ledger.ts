import { type Database, pgArray, STATEMENT_DEADLINE_MS } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";
import type { UnitRequest } from "./meter.ts";

export type Outcome = "resolved" | "enriching" | "not_found" | "failed";

/** What became of a request whose unit was taken. */
export type Settlement = {
  organizationId: string;
  id: string;
  outcome: Outcome;
  code?: string | undefined;
  latencyMs: number;
  /** Give the unit back, and the new profile with it. Doing so twice has no effect. */
  refund?: boolean | undefined;
};

/** A request that was turned away: kept for analytics, costs nothing. `username` is known only if it came that far. */
export type BlockedRequest = Omit<UnitRequest, "username"> & { username?: string | undefined; code: string };

const FLUSH_EVERY_MS = 100;
const MAX_BATCH = 512;
const MAX_WAITING = 50_000;
const RETRY_AFTER_MS = 500;

/**
 * Completes AvatarRequest rows behind the answers: nobody waits for it, and nothing that was promised depends on it.
 * The unit and the row are committed by the meter before; if the process dies here, a row stays `pending`.
 */
export function createLedger({ db, log }: { db: Database; log: Log }) {
  let settlements: Settlement[] = [];
  let refusals: BlockedRequest[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let dropped = 0;

  const waiting = () => settlements.length + refusals.length;

  function wake(afterMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      running ??= flush().finally(() => {
        running = undefined;
        if (waiting() > 0) wake(FLUSH_EVERY_MS);
      });
    }, afterMs);
  }

  async function flush(): Promise<void> {
    while (waiting() > 0) {
      const settled = settlements.splice(0, MAX_BATCH);
      const refused = refusals.splice(0, MAX_BATCH);
      try {
        if (settled.length > 0) await settle(db, settled);
        settled.length = 0;
        if (refused.length > 0) await record(db, refused);
      } catch (error) {
        settlements = [...settled, ...settlements];
        refusals = [...refused, ...refusals];
        log.warn({ err: error, waiting: waiting() }, "outcomes of requests wait for the database");
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS).unref());
        return;
      }
    }
  }

  function accept(add: () => void): void {
    if (waiting() < MAX_WAITING) add();
    else if (dropped++ % 1_000 === 0) log.error({ dropped }, "outcomes of requests are being dropped");
    wake(FLUSH_EVERY_MS);
  }

  return {
    settle: (settlement: Settlement) => accept(() => settlements.push(settlement)),
    block: (request: BlockedRequest) => accept(() => refusals.push(request)),
    /**
     * For a unit whose taking got no answer: the statement may still commit. By the time PostgreSQL has given up on it
     * (STATEMENT_DEADLINE_MS) it is known, and a row that was written after all gives its unit back.
     */
    cancel(request: Pick<UnitRequest, "organizationId" | "id">): void {
      const settlement: Settlement = {
        organizationId: request.organizationId,
        id: request.id,
        outcome: "failed",
        code: "database_unavailable",
        latencyMs: 0,
        refund: true,
      };
      setTimeout(() => accept(() => settlements.push(settlement)), STATEMENT_DEADLINE_MS + 1_000).unref();
    },
    /** Writes what waits, for at most `withinMs`. */
    async close(withinMs = 3_000): Promise<void> {
      clearTimeout(timer);
      timer = undefined;
      const end = Date.now() + withinMs;
      while (waiting() > 0 && Date.now() < end) await (running ?? flush());
      await running;
    },
  };
}

async function settle(db: Database, settlements: Settlement[]): Promise<void> {
  const column = (read: (settlement: Settlement) => string | number | boolean | undefined) =>
    pgArray(settlements.map(read));
  await db.query(settlements.some((settlement) => settlement.refund) ? SETTLE_AND_REFUND : SETTLE, [
    column((s) => s.organizationId),
    column((s) => s.id),
    column((s) => s.outcome),
    column((s) => s.code),
    column((s) => s.latencyMs),
    ...(settlements.some((settlement) => settlement.refund) ? [column((s) => s.refund ?? false)] : []),
  ]);
}

const SETTLE = `
update avatar_request r set outcome = s.outcome, code = s.code, latency_ms = s.latency_ms
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::real[]) as s(organization_id, id, outcome, code, latency_ms)
where r.organization_id = s.organization_id and r.id = s.id`;

// A row gives its unit back at most once (refunded_at), to the month it was taken from. A profile whose only lookup
// failed counts as new again the next time. Counters are locked in the meter's order.
const SETTLE_AND_REFUND = `
with settlement as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::real[], $6::boolean[])
    as s(organization_id, id, outcome, code, latency_ms, refund)
), refunded as (
  select r.organization_id, r.id, r.username, r.units, r.new_profile, date_trunc('month', r.created_at at time zone 'UTC')::date as period
  from avatar_request r join settlement s using (organization_id, id)
  where s.refund and r.refunded_at is null and r.units > 0
  order by r.organization_id, r.id for update of r
), settled as (
  update avatar_request r set outcome = s.outcome, code = s.code, latency_ms = s.latency_ms,
    units = case when s.refund then 0 else r.units end,
    refunded_at = case when s.refund then coalesce(r.refunded_at, now()) else r.refunded_at end
  from settlement s where r.organization_id = s.organization_id and r.id = s.id
), forgotten as (
  delete from organization_profile p using refunded
  where refunded.new_profile and p.organization_id = refunded.organization_id and p.username = refunded.username
), returned as (
  select organization_id, period, metric, sum(case metric when 'avatar_requests' then units else new_profile::int end) as units
  from refunded, unnest('{avatar_requests,avatar_new_profiles}'::text[]) as metric
  group by organization_id, period, metric
), locked as (
  select organization_id, period, metric, returned.units from quota_counter join returned using (organization_id, period, metric)
  where returned.units > 0 order by organization_id, metric for update of quota_counter
)
update quota_counter counter set used = counter.used - locked.units from locked
where counter.organization_id = locked.organization_id and counter.period = locked.period and counter.metric = locked.metric`;

async function record(db: Database, requests: BlockedRequest[]): Promise<void> {
  const column = <T>(read: (request: BlockedRequest) => T) => requests.map(read);
  await db.query(
    `insert into avatar_request (organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
       client, origin_domain, code, created_at, outcome, units)
     select *, 'blocked', 0 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::smallint[], $10::text[], $11::text[], $12::text[], $13::timestamptz[])
     on conflict do nothing`,
    [
      column((r) => r.organizationId),
      column((r) => r.id),
      column((r) => r.keyId ?? null),
      column((r) => r.connectionId ?? null),
      column((r) => r.userId ?? null),
      column((r) => r.channel),
      column((r) => r.tool),
      column((r) => r.username ?? null),
      column((r) => r.size ?? null),
      column((r) => r.client ?? null),
      column((r) => r.originDomain ?? null),
      column((r) => r.code),
      column((r) => new Date(r.at)),
    ],
  );
}
