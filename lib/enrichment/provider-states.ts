import { randomUUID } from "node:crypto";
import { createBatcher } from "#lib/platform/batch";
import { type Clock, endOfMonth, monthOf } from "#lib/platform/clock";
import type { ProviderLimits } from "#lib/platform/config";
import type { Database, Query } from "#lib/platform/db";
import { admit, nextProviderState, type ProviderState } from "./breaker.ts";
import type { ProviderOutcome } from "./provider.ts";

/** `lease` is handed back with the outcome; until then the question counts as under way. */
export type Permission =
  | { readonly ok: true; readonly lease: string }
  | { readonly ok: false; readonly reason: "paused" | "budget" | "busy"; readonly until: number };

/** An answer that was none. `at` is ISO. */
export type ProviderError = { at: string; outcome: string; detail: string | null };

/** A provider as `avtrz provider status` and the settings show it. Times are ISO. */
export type ProviderStatus = {
  provider: string;
  configured: boolean;
  lastOutcome: string | null;
  lastDetail: string | null;
  lastAskedAt: string | null;
  pausedUntil: string | null;
  /** Units of the budget. */
  callsThisMonth: number;
  monthlyBudget: number | null;
  /** Questions under way now, over all processes, and how many may be. */
  underWay: number;
  concurrency: number | null;
  /** Newest first. */
  recentErrors: ProviderError[];
};

/** Longer than any question may take: a process that died must not keep its places for ever. */
const LEASE_MS = 90_000;
const KEPT_ERRORS = 5;
const BUSY_MS = 1_000;

type Lease = { until: number; units: number; period: string };
type Row = ProviderState & { period: string; calls: number; inFlight: Record<string, Lease>; errors: ProviderError[] };
type Op =
  | { kind: "take"; units: number; evenIfPaused: boolean }
  | { kind: "again"; lease: string; units: number; outcome: ProviderOutcome }
  | { kind: "settle"; lease: string; outcome: ProviderOutcome | null; endsPause: boolean };

/**
 * Health, spend and places of providers, shared by all workers through one row for each. What several callers of one
 * process want of it at the same time goes in one transaction.
 */
export function createProviderStates(options: {
  db: Database;
  clock: Clock;
  limits: Readonly<Partial<Record<string, ProviderLimits>>>;
}) {
  const { db, clock, limits } = options;
  const batchers = new Map<string, (op: Op) => Promise<Permission | null>>();

  function apply(provider: string, op: Op): Promise<Permission | null> {
    let batcher = batchers.get(provider);
    if (!batcher) {
      const run = (ops: Op[]) => db.transaction((query) => applyAll(query, provider, ops));
      batcher = createBatcher<Op, Permission | null>({ maxItems: 64, maxInFlight: 1, run });
      batchers.set(provider, batcher);
    }
    return batcher(op);
  }

  async function applyAll(query: Query, provider: string, ops: readonly Op[]): Promise<(Permission | null)[]> {
    const now = clock.now();
    const row = await lock(query, provider, now);
    const answers = ops.map((op) => {
      if (op.kind === "take") return take(row, provider, op, now);
      return op.kind === "again" ? again(row, provider, op, now) : settle(row, op, now);
    });
    const outcome = ops.map((op) => ("outcome" in op ? op.outcome : null)).findLast((one) => one !== null) ?? null;
    const asked = answers.some((answer) => answer?.ok);
    await query(
      `update provider_state set failures_in_row = $2, paused_until = $3, probe_until = $4, period = $5::date,
         calls_in_period = $6, in_flight = $7, recent_errors = $8,
         last_asked_at = case when $9 then $10 else last_asked_at end,
         last_outcome = coalesce($11, last_outcome), last_detail = case when $11::text is null then last_detail else $12 end
       where provider = $1`,
      [
        provider,
        row.failuresInRow,
        moment(row.pausedUntil),
        moment(row.probeUntil),
        row.period,
        row.calls,
        JSON.stringify(row.inFlight),
        JSON.stringify(row.errors),
        asked,
        new Date(now),
        outcome?.kind ?? null,
        outcome ? detailOf(outcome) : null,
      ],
    );
    return answers;
  }

  function take(
    row: Row,
    provider: string,
    { units, evenIfPaused }: Extract<Op, { kind: "take" }>,
    now: number,
  ): Permission {
    const { concurrency } = limits[provider] ?? {};
    const admission = admit(row, now);
    if (!admission.allowed && !evenIfPaused) return { ok: false, reason: "paused", until: admission.until };
    if (!affords(row, provider, units)) return { ok: false, reason: "budget", until: endOfMonth(now) };
    if (Object.keys(row.inFlight).length >= (concurrency ?? Number.POSITIVE_INFINITY))
      return { ok: false, reason: "busy", until: now + BUSY_MS };
    const lease = randomUUID();
    if (admission.allowed) Object.assign(row, admission.state);
    row.calls += units;
    row.inFlight[lease] = { until: now + LEASE_MS, units, period: row.period };
    return { ok: true, lease };
  }

  /** The same place for the next try. A probe is its prober's until it ends, so only pauses count. */
  function again(
    row: Row,
    provider: string,
    { lease, units, outcome }: Extract<Op, { kind: "again" }>,
    now: number,
  ): Permission {
    const held = row.inFlight[lease];
    if (!held || row.pausedUntil > now) return { ok: false, reason: "paused", until: row.pausedUntil };
    if (!affords(row, provider, units)) return { ok: false, reason: "budget", until: endOfMonth(now) };
    note(row, outcome, now);
    row.calls += units;
    row.inFlight[lease] = { until: now + LEASE_MS, units, period: row.period };
    return { ok: true, lease };
  }

  function affords(row: Row, provider: string, units: number): boolean {
    return units === 0 || row.calls + units <= (limits[provider]?.monthlyBudget ?? Number.POSITIVE_INFINITY);
  }

  /** Frees the place; what was not billed goes back to the budget it came from, once. */
  function settle(row: Row, { lease, outcome, endsPause }: Extract<Op, { kind: "settle" }>, now: number): null {
    const held = row.inFlight[lease];
    delete row.inFlight[lease];
    if (!outcome) return null;
    if (held && held.period === row.period && isFree(outcome)) row.calls -= held.units;
    Object.assign(row, nextProviderState(row, outcome, now));
    if (endsPause && (outcome.kind === "found" || outcome.kind === "not_found")) Object.assign(row, { pausedUntil: 0 });
    if (outcome.kind !== "found" && outcome.kind !== "not_found") note(row, outcome, now);
    return null;
  }

  return {
    /**
     * Takes a place and `units` of the monthly budget, unless the provider is paused, has spent its budget, or is asked as
     * often at once as it may be. `evenIfPaused` is for an operator who tries it out.
     */
    async take(provider: string, units: number, { evenIfPaused = false } = {}): Promise<Permission> {
      return (await apply(provider, { kind: "take", units, evenIfPaused })) as Permission;
    },

    /** Takes `units` more for another try after one that failed; false when it is to end with that. */
    async takeAgain(provider: string, lease: string, units: number, outcome: ProviderOutcome): Promise<boolean> {
      return (await apply(provider, { kind: "again", lease, units, outcome }))?.ok === true;
    },

    /**
     * Hands the place back; `outcome` is null when the question was broken off by us. With `endsPause` an answer shows that
     * what the provider was paused for is put right.
     */
    async settle(
      provider: string,
      lease: string,
      outcome: ProviderOutcome | null,
      { endsPause = false } = {},
    ): Promise<void> {
      await apply(provider, { kind: "settle", lease, outcome, endsPause });
    },

    async list(configured: readonly string[]): Promise<ProviderStatus[]> {
      const now = clock.now();
      const rows = await (await db.prisma()).providerState.findMany();
      const names = [...new Set([...configured, ...rows.map((row) => row.provider)])];
      return names.map((provider) => {
        const row = rows.find((candidate) => candidate.provider === provider);
        const thisMonth = row?.period?.toISOString().slice(0, 10) === monthOf(now);
        const paused = row?.pausedUntil && row.pausedUntil.getTime() > now ? row.pausedUntil.toISOString() : null;
        const inFlight = Object.values((row?.inFlight ?? {}) as Record<string, Lease>);
        return {
          provider,
          configured: configured.includes(provider),
          lastOutcome: row?.lastOutcome ?? null,
          lastDetail: row?.lastDetail ?? null,
          lastAskedAt: row?.lastAskedAt?.toISOString() ?? null,
          pausedUntil: paused,
          callsThisMonth: thisMonth ? (row?.callsInPeriod ?? 0) : 0,
          monthlyBudget: limits[provider]?.monthlyBudget ?? null,
          underWay: inFlight.filter(({ until }) => until > now).length,
          concurrency: limits[provider]?.concurrency ?? null,
          recentErrors: (row?.recentErrors ?? []) as ProviderError[],
        };
      });
    },
  };
}

/** Reads and locks the provider's row, which is made if need be; places of those that died are free. */
async function lock(query: Query, provider: string, now: number): Promise<Row> {
  const [row] = await query<StateRow>(
    `insert into provider_state (provider) values ($1) on conflict (provider) do update set provider = excluded.provider
     returning failures_in_row as "failuresInRow", paused_until as "pausedUntil", probe_until as "probeUntil",
       case when period = $2::date then calls_in_period else 0 end as calls, in_flight as "inFlight", recent_errors as errors`,
    [provider, monthOf(now)],
  );
  const alive = Object.entries(row?.inFlight ?? {}).filter(([, { until }]) => until > now);
  return {
    failuresInRow: row?.failuresInRow ?? 0,
    pausedUntil: row?.pausedUntil?.getTime() ?? 0,
    probeUntil: row?.probeUntil?.getTime() ?? 0,
    period: monthOf(now),
    calls: row?.calls ?? 0,
    inFlight: Object.fromEntries(alive),
    errors: row?.errors ?? [],
  };
}

type StateRow = {
  failuresInRow: number;
  pausedUntil: Date | null;
  probeUntil: Date | null;
  calls: number;
  inFlight: Record<string, Lease>;
  errors: ProviderError[];
};

/** Whether the provider turned the question away before it did anything for it, or says that it bills no miss. */
function isFree(outcome: ProviderOutcome): boolean {
  if (outcome.kind === "not_found") return outcome.free === true;
  return outcome.kind === "rate_limited" || outcome.kind === "out_of_credit" || outcome.kind === "misconfigured";
}

function note(row: Row, outcome: ProviderOutcome, now: number): void {
  const error = { at: new Date(now).toISOString(), outcome: outcome.kind, detail: detailOf(outcome) };
  row.errors = [error, ...row.errors].slice(0, KEPT_ERRORS);
}

function detailOf(outcome: ProviderOutcome): string | null {
  return "detail" in outcome ? outcome.detail : null;
}

function moment(milliseconds: number): Date | null {
  return milliseconds === 0 ? null : new Date(milliseconds);
}
