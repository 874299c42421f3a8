import type { ProviderOutcome } from "./provider.ts";

/**
 * How a provider has been doing, in plain numbers so that all processes can share one row of it.
 * Times are milliseconds since the epoch; 0 is never.
 */
export type ProviderState = {
  /** Transient failures since the provider last gave an answer. */
  readonly failuresInRow: number;
  /** Nobody asks before this moment. */
  readonly pausedUntil: number;
  /** Until then one caller is trying out whether the provider is back, and the others wait. */
  readonly probeUntil: number;
};

export const NEW_PROVIDER: ProviderState = { failuresInRow: 0, pausedUntil: 0, probeUntil: 0 };

const FAILURES_TO_PAUSE = 5;
const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 600_000;
const MISCONFIGURED_PAUSE_MS = 900_000;
/** As long as a look-up can last: a prober that died must not keep the others out for ever. */
const PROBE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Whether the provider may be asked now. If so, `state` is what must be stored first, by compare-and-set where several
 * processes share it: after a pause for failures it lets one caller through as a probe.
 */
export function admit(
  state: ProviderState,
  now: number,
): { readonly allowed: true; readonly state: ProviderState } | { readonly allowed: false; readonly until: number } {
  const until = Math.max(state.pausedUntil, state.probeUntil);
  if (now < until) return { allowed: false, until };
  const isProbe = state.failuresInRow >= FAILURES_TO_PAUSE;
  return { allowed: true, state: isProbe ? { ...state, probeUntil: now + PROBE_MS } : state };
}

/**
 * The state after an outcome. A pause is only ever lengthened: what was under way when it began says nothing new.
 * - found, not_found: the failures are forgotten
 * - rate_limited: paused as long as the provider asks
 * - out_of_credit: paused until the next day (UTC)
 * - misconfigured: paused for 15 minutes
 * - transient: after 5 in a row paused for 30 s, then for twice as long after each failed probe, up to 10 minutes
 */
export function nextProviderState(state: ProviderState, outcome: ProviderOutcome, now: number): ProviderState {
  const pausedTo = (moment: number) => ({ ...state, pausedUntil: Math.max(state.pausedUntil, moment), probeUntil: 0 });
  switch (outcome.kind) {
    case "found":
    case "not_found":
      return { failuresInRow: 0, pausedUntil: state.pausedUntil > now ? state.pausedUntil : 0, probeUntil: 0 };
    case "rate_limited":
      return pausedTo(now + outcome.retryAfterSeconds * 1000);
    case "out_of_credit":
      return pausedTo((Math.floor(now / DAY_MS) + 1) * DAY_MS);
    case "misconfigured":
      return pausedTo(now + MISCONFIGURED_PAUSE_MS);
    case "transient": {
      // Else ten requests that fail together would pause for as long as ten failed probes.
      if (now < state.pausedUntil) return state;
      const failuresInRow = state.failuresInRow + 1;
      const doublings = failuresInRow - FAILURES_TO_PAUSE;
      const pause = doublings < 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** doublings, MAX_PAUSE_MS);
      return { failuresInRow, pausedUntil: pause === 0 ? state.pausedUntil : now + pause, probeUntil: 0 };
    }
  }
}
