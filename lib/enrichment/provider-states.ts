import { type Clock, endOfMonth, monthOf } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { admit, NEW_PROVIDER, nextProviderState, type ProviderState } from "./breaker.ts";
import type { ProviderOutcome } from "./provider.ts";

export type Permission = { ok: true } | { ok: false; reason: "paused" | "budget"; until: number };

/** A provider as `avtrz provider status` shows it. Times are ISO. */
export type ProviderStatus = {
  provider: string;
  configured: boolean;
  lastOutcome: string | null;
  lastDetail: string | null;
  lastAskedAt: string | null;
  pausedUntil: string | null;
  callsThisMonth: number;
  monthlyBudget: number | null;
};

/** Health and spend of providers, shared by all workers through the database. */
export function createProviderStates(options: {
  db: Database;
  clock: Clock;
  budgets: ReadonlyMap<string, number | undefined>;
}) {
  const { db, clock, budgets } = options;

  /** Reads and locks the provider's row, which is made if need be. */
  async function lock(query: Query, provider: string) {
    await query("insert into provider_state (provider) values ($1) on conflict do nothing", [provider]);
    const [row] = await query<StateRow>(
      `select failures_in_row as "failuresInRow", paused_until as "pausedUntil", probe_until as "probeUntil",
         case when period = $2::date then calls_in_period else 0 end as calls
       from provider_state where provider = $1 for update`,
      [provider, monthOf(clock.now())],
    );
    const state: ProviderState = row
      ? {
          failuresInRow: row.failuresInRow,
          pausedUntil: row.pausedUntil?.getTime() ?? 0,
          probeUntil: row.probeUntil?.getTime() ?? 0,
        }
      : NEW_PROVIDER;
    return { state, calls: row?.calls ?? 0 };
  }

  return {
    /** Takes one call out of the provider's monthly budget, unless it is paused or has none left. */
    async mayAsk(provider: string): Promise<Permission> {
      const now = clock.now();
      return db.transaction(async (query) => {
        const { state, calls } = await lock(query, provider);
        const admission = admit(state, now);
        if (!admission.allowed) return { ok: false, reason: "paused", until: admission.until };
        if (calls >= (budgets.get(provider) ?? Number.POSITIVE_INFINITY))
          return { ok: false, reason: "budget", until: endOfMonth(now) };
        await query(
          "update provider_state set last_asked_at = $2, probe_until = $3, period = $4::date, calls_in_period = $5 where provider = $1",
          [provider, new Date(now), moment(admission.state.probeUntil), monthOf(now), calls + 1],
        );
        return { ok: true };
      });
    },

    async record(provider: string, outcome: ProviderOutcome): Promise<void> {
      await db.transaction(async (query) => {
        const { state } = await lock(query, provider);
        const next = nextProviderState(state, outcome, clock.now());
        await query(
          `update provider_state set failures_in_row = $2, paused_until = $3, probe_until = $4, last_outcome = $5, last_detail = $6
           where provider = $1`,
          [
            provider,
            next.failuresInRow,
            moment(next.pausedUntil),
            moment(next.probeUntil),
            outcome.kind,
            "detail" in outcome ? outcome.detail : null,
          ],
        );
      });
    },

    async list(configured: readonly string[]): Promise<ProviderStatus[]> {
      const rows = await (await db.prisma()).providerState.findMany();
      const names = [...new Set([...configured, ...rows.map((row) => row.provider)])];
      return names.map((provider) => {
        const row = rows.find((candidate) => candidate.provider === provider);
        const thisMonth = row?.period?.toISOString().slice(0, 10) === monthOf(clock.now());
        const paused =
          row?.pausedUntil && row.pausedUntil.getTime() > clock.now() ? row.pausedUntil.toISOString() : null;
        return {
          provider,
          configured: configured.includes(provider),
          lastOutcome: row?.lastOutcome ?? null,
          lastDetail: row?.lastDetail ?? null,
          lastAskedAt: row?.lastAskedAt?.toISOString() ?? null,
          pausedUntil: paused,
          callsThisMonth: thisMonth ? (row?.callsInPeriod ?? 0) : 0,
          monthlyBudget: budgets.get(provider) ?? null,
        };
      });
    },
  };
}

type StateRow = { failuresInRow: number; pausedUntil: Date | null; probeUntil: Date | null; calls: number };

function moment(milliseconds: number): Date | null {
  return milliseconds === 0 ? null : new Date(milliseconds);
}
