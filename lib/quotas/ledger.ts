import { type Database, pgArray, STATEMENT_DEADLINE_MS } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";
import type { UnitRequest } from "./meter.ts";
import { COMPLETED, ROLL_UP } from "./roll-up.ts";

export type Outcome = "resolved" | "enriching" | "not_found" | "failed";

/** What became of a request whose unit was taken, or that rode on the unit of one before it (`idempotencyKey`). */
export type Settlement = {
  organizationId: string;
  id: string;
  idempotencyKey?: string | undefined;
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
 * The unit and the row are committed by the meter before; if the process dies here, a row stays `pending`. A completed row
 * is counted for the charts by the statement that completes it.
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
    cancel({ organizationId, id, idempotencyKey }: UnitRequest): void {
      const settlement: Settlement = {
        organizationId,
        id,
        idempotencyKey,
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
  const columns = [
    column((s) => s.organizationId),
    column((s) => s.id),
    column((s) => s.outcome),
    column((s) => s.code),
    column((s) => s.latencyMs),
  ];
  if (!settlements.some((settlement) => settlement.refund || settlement.idempotencyKey)) {
    await db.query(SETTLE, columns);
    return;
  }
  await db.transaction(async (query) => {
    const refunded = settlements.filter((settlement) => settlement.refund);
    await query(LOCK_COUNTERS, [pgArray(refunded.map((settlement) => settlement.organizationId))]);
    await query(SETTLE_AND_REFUND, [...columns, column((s) => s.refund ?? false), column((s) => s.idempotencyKey)]);
  });
}

const SETTLE = `
with completed as (
  update avatar_request r set outcome = s.outcome, code = s.code, latency_ms = s.latency_ms
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::real[]) as s(organization_id, id, outcome, code, latency_ms)
  where r.organization_id = s.organization_id and r.id = s.id and r.outcome = 'pending' returning ${COMPLETED}
)${ROLL_UP}`;

// In the meter's order, before any row: it holds counters when it marks a row as retried.
const LOCK_COUNTERS = `
select from quota_counter where organization_id = any($1::text[]) order by organization_id, metric, period for update`;

// A row is completed once, which is why its unit goes back at most once: to the month it was taken from, and only if
// the last request that rode on it failed. Among outcomes told together a good one wins. Without its key the row is no
// longer found by a retry, which is then metered again. A profile whose only lookup failed counts as new again.
const SETTLE_AND_REFUND = `
with settlement as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::real[], $6::boolean[], $7::text[])
    as s(organization_id, id, outcome, code, latency_ms, refund, idempotency_key)
), found as (
  select r.organization_id, r.id as row_id, r.retry_id, s.id, s.outcome, s.code, s.latency_ms, s.refund from settlement s
  join avatar_request r on r.organization_id = s.organization_id and r.id = s.id where s.idempotency_key is null
  union all
  select r.organization_id, r.id, r.retry_id, s.id, s.outcome, s.code, s.latency_ms, s.refund from settlement s
  join avatar_request r on r.organization_id = s.organization_id and r.idempotency_key = s.idempotency_key
), final as (
  select distinct on (organization_id, row_id) * from found where not refund or id = coalesce(retry_id, row_id)
  order by organization_id, row_id, refund
), completed as (
  update avatar_request r set outcome = f.outcome, code = f.code, latency_ms = f.latency_ms,
    units = case when f.refund then 0 else r.units end,
    refunded_at = case when f.refund then now() end,
    idempotency_key = case when f.refund then null else r.idempotency_key end
  from final f where r.organization_id = f.organization_id and r.id = f.row_id and r.outcome = 'pending'
  returning ${COMPLETED}, r.username, f.refund, date_trunc('month', r.created_at at time zone 'UTC')::date as period
), forgotten as (
  delete from organization_profile p using completed s
  where s.refund and s.new_profile and p.organization_id = s.organization_id and p.username = s.username
), returned as (
  select organization_id, period, metric,
    count(*) filter (where metric = 'avatar_requests' or new_profile) as units
  from completed, unnest('{avatar_requests,avatar_new_profiles}'::text[]) as metric
  where refund group by organization_id, period, metric
), given_back as (
  update quota_counter counter set used = counter.used - returned.units from returned
  where counter.organization_id = returned.organization_id and counter.period = returned.period
    and counter.metric = returned.metric and returned.units > 0
)${ROLL_UP}`;

async function record(db: Database, requests: BlockedRequest[]): Promise<void> {
  const column = <T>(read: (request: BlockedRequest) => T) => requests.map(read);
  await db.query(
    `with completed as (
       insert into avatar_request as r (organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
         client, origin_domain, code, created_at, outcome, units)
       select *, 'blocked', 0 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::text[], $9::smallint[], $10::text[], $11::text[], $12::text[], $13::timestamptz[])
       on conflict do nothing returning ${COMPLETED}
     )${ROLL_UP}`,
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
