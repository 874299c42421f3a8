import { setTimeout as sleep } from "node:timers/promises";
import type { SafeFetch } from "#lib/platform/safe-fetch";
import { type Asking, EVERYTHING, type Provider, type ProviderOutcome, type Wanted, type Who } from "./provider.ts";
import type { createProviderStates } from "./provider-states.ts";

/** What came of wanting to ask; `passed_over` without a question, until a moment in milliseconds. */
export type Asked =
  | ProviderOutcome
  | { readonly kind: "passed_over"; readonly reason: "paused" | "budget" | "busy"; readonly until: number };

/** How soon somebody who waits for a place looks again: another process may have freed one. */
const LOOK_AGAIN_MS = 250;
const TRIES = 3;
/** Before the second try; twice as long before the third. Some less by chance, so that those that failed together part. */
const FIRST_PAUSE_MS = 600;
/** What failed later than this was hardly a passing trouble, and took its share of the look-up's time. */
const QUICK_MS = 5_000;

/**
 * Asks one provider within its budget, its places and its health, and writes down how it went. Who finds every place taken
 * waits, as long as a question may take; who finds it paused or without budget does not. With `retries` a question that
 * fails quickly is put up to three times, each at the cost of a question, and counts as one failure: a provider that
 * answers every other time is not taken for one that is down.
 */
export function createProviderAsker(options: {
  states: ReturnType<typeof createProviderStates>;
  fetch: SafeFetch;
  /** Whether the person is on the provider's list of those who opted out, by its own id of them. */
  hasOptedOut: (provider: string, personId: string) => Promise<boolean>;
  /** What one question may take, waiting for a place not counted. */
  timeoutMs: number;
}) {
  const { states, fetch, hasOptedOut, timeoutMs } = options;
  const waiting = new Map<string, (() => void)[]>();
  const turns = new Map<string, Promise<void>>();

  async function place(provider: Provider, units: number, signal: AbortSignal, evenIfPaused: boolean) {
    const latest = performance.now() + timeoutMs;
    // One of this process looks for a place at a time: if all who wait did, the database would hear of little else.
    const before = turns.get(provider.name);
    const { promise, resolve: done } = Promise.withResolvers<void>();
    turns.set(provider.name, promise);
    await before;
    try {
      for (;;) {
        const permission = await states.take(provider.name, units, { evenIfPaused });
        if (permission.ok || permission.reason !== "busy") return permission;
        if (signal.aborted || performance.now() > latest) return permission;
        await someFreed(provider.name);
      }
    } finally {
      done();
    }
  }

  function someFreed(name: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_AGAIN_MS * (1 + Math.random()));
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.set(name, [...(waiting.get(name) ?? []), wake]);
    });
  }

  return async function ask(
    provider: Provider,
    who: Who,
    asking: { signal: AbortSignal; wanted?: Wanted; email?: string; trial?: boolean; retries?: boolean },
  ): Promise<Asked> {
    let wanted = asking.wanted ?? EVERYTHING;
    let permission = await place(provider, provider.units(wanted), asking.signal, asking.trial === true);
    const onlyPhoto: Wanted = { photo: true, facts: false };
    if (!permission.ok && permission.reason === "budget" && wanted.photo && provider.units(onlyPhoto) === 0) {
      wanted = onlyPhoto;
      permission = await place(provider, 0, asking.signal, false);
    }
    if (!permission.ok) return { kind: "passed_over", reason: permission.reason, until: permission.until };
    let outcome: ProviderOutcome | null = null;
    try {
      for (let left = asking.retries ? TRIES : 1; ; left--) {
        const asked = performance.now();
        const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(timeoutMs)]);
        const question: Asking = { signal, fetch, wanted, ...(asking.email && { email: asking.email }) };
        outcome = null;
        outcome = await provider.lookup(who, question);
        if (outcome.kind !== "transient" || outcome.final || left === 1 || performance.now() - asked > QUICK_MS) break;
        if (!(await paused(left === TRIES ? FIRST_PAUSE_MS : 2 * FIRST_PAUSE_MS, asking.signal))) break;
        if (!(await states.takeAgain(provider.name, permission.lease, provider.units(wanted), outcome))) break;
      }
      // Nothing of the answer is kept, and it is asked for again only when a miss would be.
      if (outcome.kind === "found" && outcome.personId && (await hasOptedOut(provider.name, outcome.personId)))
        return { kind: "not_found" };
      return outcome;
    } finally {
      await states.settle(provider.name, permission.lease, outcome, { endsPause: asking.trial === true });
      waiting.get(provider.name)?.shift()?.();
    }
  };
}

/** False when the wait was broken off. */
async function paused(longestMs: number, signal: AbortSignal): Promise<boolean> {
  return sleep(longestMs * (0.5 + Math.random() / 2), true, { signal }).catch(() => false);
}
