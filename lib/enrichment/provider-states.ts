import { type Clock, monthOf } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { nextProviderState } from "./breaker.ts";
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

const DAY_MS = 86_400_000;

/** Health and spend of providers, shared by all workers through the database. */
export function createProviderStates(options: { db: Database; clock: Clock; budgets: ReadonlyMap<string, number | undefined> }) {
  const { db, clock, budgets } = options;
  return {
    /** Takes one call out of the provider's monthly budget, unless it is paused or has none left. */
    async mayAsk(provider: string): Promise<Permission> {
      const now = clock.now();
      const period = monthOf(now);
      const taken = await db.query(
        `insert into provider_state as s (provider, period, calls_in_period, last_asked_at)
         select $1, $2::date, 1, $3::timestamptz where $4::int is null or $4 > 0
         on conflict (provider) do update set last_asked_at = $3, period = $2::date,
           calls_in_period = case when s.period = $2::date then s.calls_in_period + 1 else 1 end
         where (s.paused_until is null or s.paused_until <= $3)
           and ($4::int is null or case when s.period = $2::date then s.calls_in_period else 0 end < $4)
         returning provider`,
        [provider, period, new Date(now), budgets.get(provider) ?? null],
      );
      if (taken.length > 0) return { ok: true };
      const [state] = await db.query<{ pausedUntil: Date | null }>(
        `select paused_until as "pausedUntil" from provider_state where provider = $1`,
        [provider],
      );
      const until = state?.pausedUntil?.getTime() ?? 0;
      return until > now ? { ok: false, reason: "paused", until } : { ok: false, reason: "budget", until: now + DAY_MS };
    },

    async record(provider: string, outcome: ProviderOutcome): Promise<void> {
      await db.transaction(async (query) => {
        const [row] = await query<{ failuresInRow: number; pausedUntil: Date | null }>(
          `select failures_in_row as "failuresInRow", paused_until as "pausedUntil" from provider_state where provider = $1 for update`,
          [provider],
        );
        const before = { failuresInRow: row?.failuresInRow ?? 0, pausedUntil: row?.pausedUntil?.getTime() ?? null };
        const next = nextProviderState(before, outcome, clock.now());
        await query(
          `update provider_state set failures_in_row = $2, paused_until = $3, last_outcome = $4, last_detail = $5 where provider = $1`,
          [
            provider,
            next.failuresInRow,
            next.pausedUntil === null ? null : new Date(next.pausedUntil),
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
        const paused = row?.pausedUntil && row.pausedUntil.getTime() > clock.now() ? row.pausedUntil.toISOString() : null;
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
