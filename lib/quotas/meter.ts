import { createBatcher } from "#lib/platform/batch";
import { monthOf } from "#lib/platform/clock";
import { type Database, sqlState } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { Metric } from "./plans.ts";
import { TAKE_UNITS } from "./take-units.ts";

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

type Answer = {
  written: boolean;
  newProfile: boolean;
  granted: boolean;
  lacksNewProfile: boolean;
  counted: boolean;
  replays: { username: string | null; size: number | null; tool: string } | null;
  limit: number | null;
  remaining: number | null;
};

const MAX_BATCH = 256;
const ATTEMPTS = 3;

/**
 * Takes units exactly: rate limits come before it, the work after it. Requests that arrive while a statement is
 * under way go together in the next one; each gets its decision after that statement's commit.
 */
export function createMeter(db: Database) {
  const single = createBatcher<UnitRequest, Answer>({
    maxItems: MAX_BATCH,
    maxInFlight: 2,
    run: takeByMonth,
  });

  /** A statement serves one month; around midnight of the first, two may be waiting. */
  async function takeByMonth(requests: UnitRequest[]): Promise<Answer[]> {
    const turn = requests.findIndex((request) => monthOf(request.at) !== monthOf(requests[0]?.at ?? 0));
    if (turn < 1) return take(requests, false);
    return [...(await take(requests.slice(0, turn), false)), ...(await takeByMonth(requests.slice(turn)))];
  }

  async function take(requests: UnitRequest[], allOrNone: boolean): Promise<Answer[]> {
    const period = monthOf(requests[0]?.at ?? 0);
    const column = <T>(read: (request: UnitRequest) => T) => requests.map(read);
    return db.query<Answer>(TAKE_UNITS, [
      column((r) => r.id),
      column((r) => r.organizationId),
      column((r) => r.keyId ?? null),
      column((r) => r.connectionId ?? null),
      column((r) => r.userId ?? null),
      column((r) => r.channel),
      column((r) => r.tool),
      column((r) => r.username),
      column((r) => r.size ?? null),
      column((r) => r.client ?? null),
      column((r) => r.originDomain ?? null),
      column((r) => r.idempotencyKey ?? null),
      column((r) => new Date(r.at)),
      period,
      allOrNone,
    ]);
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

  // A statement that waited for another process's lock decided on a snapshot taken before the wait. Units are
  // exact all the same (the counters are read after the lock, and only rows that were written are counted), but
  // "already seen" and "already asked" may be out of date: those answers are asked for again.
  const isUnsettled = (answer: Answer) =>
    !answer.counted || answer.lacksNewProfile || (answer.granted && !answer.written && !answer.replays);

  async function takeOne(request: UnitRequest): Promise<Decision> {
    for (let attempt = 1; ; attempt++) {
      const answer = await single(request);
      if (attempt === ATTEMPTS || !isUnsettled(answer)) return decide(request, answer);
      if (!answer.counted) await openCounters(request.organizationId, request.at);
    }
  }

  /** All of them or none: for a list that is answered as a whole. The requests belong to one organization. */
  async function takeAll(requests: UnitRequest[]): Promise<Decision[]> {
    for (let attempt = 1; ; attempt++) {
      const answers = await take(requests, true);
      const first = requests[0];
      if (attempt === ATTEMPTS || !first || !answers.some(isUnsettled)) {
        return answers.map((answer, index) => decide(requests[index] as UnitRequest, answer));
      }
      if (answers.some((answer) => !answer.counted)) await openCounters(first.organizationId, first.at);
    }
  }

  return { takeOne, takeAll };
}

function decide(request: UnitRequest, answer: Answer): Decision {
  const quota = { limit: answer.limit, remaining: answer.remaining };
  if (answer.replays) {
    const { username, size, tool } = answer.replays;
    if (username !== request.username || size !== (request.size ?? null) || tool !== request.tool) {
      throw new AppError("idempotency_key_reused");
    }
    return { kind: "replayed", quota };
  }
  if (answer.written) return { kind: "granted", newProfile: answer.newProfile, quota };
  return { kind: "refused", metric: answer.lacksNewProfile ? "avatar_new_profiles" : "avatar_requests", quota };
}
