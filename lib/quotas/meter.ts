import { createBatcher } from "#lib/platform/batch";
import { endOfMonth, monthOf } from "#lib/platform/clock";
import { type Database, pgArray, sqlState } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { Metric } from "./plans.ts";

/** One lookup that asks for a unit: what its AvatarRequest row will say. `at` is in milliseconds. */
export type UnitRequest = {
  id: string;
  organizationId: string;
  keyId?: string | undefined;
  connectionId?: string | undefined;
  userId?: string | undefined;
  channel: "api" | "mcp";
  tool: string;
  username: string;
  size?: number | undefined;
  client?: string | undefined;
  originDomain?: string | undefined;
  idempotencyKey?: string | undefined;
  at: number;
};

/** What is left of avatar_requests this month; `limit` null is unlimited. */
export type QuotaLeft = { limit: number | null; remaining: number | null };

export type Decision =
  /** The unit is taken and the row is committed. */
  | { kind: "granted"; newProfile: boolean; quota: QuotaLeft }
  /** A retry of a request that was granted before (same Idempotency-Key): no second unit. */
  | { kind: "replayed"; quota: QuotaLeft }
  /** Nothing was taken. */
  | { kind: "refused"; metric: Metric; quota: QuotaLeft };

type Replayed = { n: number; username: string | null; size: number | null; tool: string };
/** The answer of take_avatar_units_v1; see prisma/migrations. */
type Taken = {
  organizations: { id: string; limit: number | null; used: number }[];
  new: number[];
  replayed: Replayed[];
  refused: { n: number; metric: Metric }[];
};
/** A decision, or that the month has no counters yet. */
type Attempt = Decision | { kind: "uncounted" } | { kind: "reused" };

const MAX_BATCH = 256;

/**
 * Takes units exactly: rate limits come before it, the work after it. Requests that arrive while a call is under way
 * go together in the next one; each gets its decision after that call's commit. The deciding itself is one function
 * in the database.
 */
export function createMeter(db: Database) {
  const single = createBatcher<UnitRequest, Attempt>({ maxItems: MAX_BATCH, maxInFlight: 1, run: takeByMonth });

  /** One call serves one month; around midnight of the first, two may be waiting. */
  async function takeByMonth(requests: UnitRequest[]): Promise<Attempt[]> {
    const monthEnds = endOfMonth(requests[0]?.at ?? 0);
    const monthStarts = Date.parse(monthOf(requests[0]?.at ?? 0));
    const turn = requests.findIndex(({ at }) => at < monthStarts || at >= monthEnds);
    if (turn === -1) return take(requests, false);
    return [...(await take(requests.slice(0, turn), false)), ...(await takeByMonth(requests.slice(turn)))];
  }

  async function take(requests: UnitRequest[], allOrNone: boolean): Promise<Attempt[]> {
    const column = (read: (request: UnitRequest) => string | number | undefined) => pgArray(requests.map(read));
    const [row] = await db.query<{ taken: Taken }>(TAKE, [
      column((r) => r.id),
      column((r) => r.organizationId),
      column((r) => r.keyId),
      column((r) => r.connectionId),
      column((r) => r.userId),
      column((r) => r.channel),
      column((r) => r.tool),
      column((r) => r.username),
      column((r) => r.size),
      column((r) => r.client),
      column((r) => r.originDomain),
      column((r) => r.idempotencyKey),
      column((r) => r.at),
      monthOf(requests[0]?.at ?? 0),
      allOrNone,
    ]);
    return decide(requests, row?.taken as Taken);
  }

  /** The first request of a month finds no counters to lock. */
  async function openCounters(organizationId: string, at: number): Promise<void> {
    try {
      await db.query(
        `insert into quota_counter (organization_id, metric, period, used)
         select $1, metric, $2::date, 0 from unnest('{avatar_requests,avatar_new_profiles}'::text[]) metric
         on conflict do nothing`,
        [organizationId, monthOf(at)],
      );
    } catch (error) {
      // The organization was deleted after its key was read.
      if (sqlState(error) === "23503") throw new AppError("invalid_key", { cause: error });
      throw error;
    }
  }

  return {
    async takeOne(request: UnitRequest): Promise<Decision> {
      let attempt = await single(request);
      if (attempt.kind === "uncounted") {
        await openCounters(request.organizationId, request.at);
        attempt = await single(request);
      }
      return settled(attempt);
    },

    /** All of them or none: for a list that is answered as a whole. The requests belong to one organization. */
    async takeAll(requests: UnitRequest[]): Promise<Decision[]> {
      let attempts = await take(requests, true);
      const [first] = requests;
      if (first && attempts.some((attempt) => attempt.kind === "uncounted")) {
        await openCounters(first.organizationId, first.at);
        attempts = await take(requests, true);
      }
      return attempts.map(settled);
    },
  };
}

const TAKE = `select take_avatar_units_v1($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::text[], $9::smallint[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::date, $15::boolean) as taken`;

function decide(requests: UnitRequest[], taken: Taken): Attempt[] {
  const quotas = new Map(
    taken.organizations.map(({ id, limit, used }): [string, QuotaLeft] => [
      id,
      { limit, remaining: limit === null ? null : Math.max(0, limit - used) },
    ]),
  );
  const fresh = new Set(taken.new);
  const refused = new Map(taken.refused.map((one) => [one.n, one.metric]));
  const replayed = new Map(taken.replayed.map((one) => [one.n, one]));
  return requests.map((request, index): Attempt => {
    const n = index + 1;
    const quota = quotas.get(request.organizationId);
    if (!quota) return { kind: "uncounted" };
    const metric = refused.get(n);
    if (metric) return { kind: "refused", metric, quota };
    const past = replayed.get(n);
    if (past) return isSameRequest(request, past) ? { kind: "replayed", quota } : { kind: "reused" };
    return { kind: "granted", newProfile: fresh.has(n), quota };
  });
}

function isSameRequest(request: UnitRequest, past: Replayed): boolean {
  return past.username === request.username && past.size === (request.size ?? null) && past.tool === request.tool;
}

function settled(attempt: Attempt): Decision {
  if (attempt.kind === "reused") throw new AppError("idempotency_key_reused");
  // Its counters were opened a moment ago; only deleting the organization closes them.
  if (attempt.kind === "uncounted") throw new AppError("invalid_key");
  return attempt;
}
