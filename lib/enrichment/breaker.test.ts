import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { admit, NEW_PROVIDER, nextProviderState, type ProviderState } from "./breaker.ts";
import type { ProviderOutcome } from "./provider.ts";

const NOON = Date.UTC(2026, 10, 21, 12, 0, 0);
const TRANSIENT: ProviderOutcome = { kind: "transient", detail: "x" };
const FOUND: ProviderOutcome = { kind: "found", facts: {} };

const stateAfter = (outcomes: ProviderOutcome[], now = NOON, state = NEW_PROVIDER) =>
  outcomes.reduce((before, outcome) => nextProviderState(before, outcome, now), state);
const failures = (count: number) => Array.from({ length: count }, () => TRANSIENT);
const pauseOf = (state: ProviderState, now = NOON) => Math.max(0, state.pausedUntil - now) / 1000;

/** Lets a pause pass, takes the probe, and tells how it ended. */
function probe(state: ProviderState, outcome: ProviderOutcome): { state: ProviderState; now: number } {
  const now = state.pausedUntil;
  const admission = admit(state, now);
  if (!admission.allowed) throw new Error("no probe is let through");
  return { state: nextProviderState(admission.state, outcome, now), now };
}

describe("pauses of a provider (H-IMG-83)", () => {
  test("a new provider may be asked, also by many at once", () => {
    const first = admit(NEW_PROVIDER, NOON);
    expect(first).toEqual({ allowed: true, state: NEW_PROVIDER });
    expect(admit(NEW_PROVIDER, NOON).allowed).toBe(true);
  });

  test("rate_limited: as long as the provider asks for", () => {
    const state = stateAfter([{ kind: "rate_limited", retryAfterSeconds: 90 }]);
    expect(pauseOf(state)).toBe(90);
    expect(admit(state, NOON + 89_999)).toEqual({ allowed: false, until: NOON + 90_000 });
    expect(admit(state, NOON + 90_000).allowed).toBe(true);
  });

  test("out_of_credit: until the next day begins, UTC", () => {
    expect(stateAfter([{ kind: "out_of_credit" }]).pausedUntil).toBe(Date.UTC(2026, 10, 22));
    expect(stateAfter([{ kind: "out_of_credit" }], Date.UTC(2026, 11, 31)).pausedUntil).toBe(Date.UTC(2027, 0, 1));
  });

  test("misconfigured: 15 minutes", () => {
    expect(pauseOf(stateAfter([{ kind: "misconfigured", detail: "x" }]))).toBe(900);
  });

  test("transient: four in a row do nothing, the fifth pauses for 30 s", () => {
    expect(pauseOf(stateAfter(failures(4)))).toBe(0);
    expect(pauseOf(stateAfter(failures(5)))).toBe(30);
  });

  test.each([FOUND, { kind: "not_found" } as const])("an answer between failures starts the count anew", (answer) => {
    expect(pauseOf(stateAfter([...failures(4), answer, ...failures(4)]))).toBe(0);
  });

  test("each failed probe doubles the pause, up to 10 minutes", () => {
    let state = stateAfter(failures(5));
    const pauses = [30, 60, 120, 240, 480, 600, 600].map((expected, i) => {
      const now = state.pausedUntil - expected * 1000;
      const pause = pauseOf(state, now);
      if (i < 6) ({ state } = probe(state, TRANSIENT));
      return pause;
    });
    expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  test("after a pause one caller is let through, and the others wait for how it fares", () => {
    const paused = stateAfter(failures(5));
    const now = paused.pausedUntil;
    const admission = admit(paused, now);
    if (!admission.allowed) throw new Error("no probe is let through");

    expect(admit(admission.state, now + 1)).toEqual({ allowed: false, until: now + 60_000 });
    expect(admit(nextProviderState(admission.state, FOUND, now + 100), now + 101)).toEqual({
      allowed: true,
      state: NEW_PROVIDER,
    });
    expect(admit(nextProviderState(admission.state, TRANSIENT, now + 100), now + 101)).toMatchObject({
      allowed: false,
      until: now + 100 + 60_000,
    });
  });

  test("a prober that never comes back keeps the others out for a minute only", () => {
    const paused = stateAfter(failures(5));
    const admission = admit(paused, paused.pausedUntil);
    if (!admission.allowed) throw new Error("no probe is let through");
    expect(admit(admission.state, paused.pausedUntil + 60_000).allowed).toBe(true);
  });

  test("requests that fail together count as one pause, not as failed probes", () => {
    expect(pauseOf(stateAfter(failures(20)))).toBe(30);
  });

  test("what was under way when a pause began does not end it", () => {
    const limited = stateAfter([{ kind: "rate_limited", retryAfterSeconds: 90 }, FOUND]);
    expect(pauseOf(limited)).toBe(90);
    expect(pauseOf(stateAfter([{ kind: "out_of_credit" }, { kind: "rate_limited", retryAfterSeconds: 1 }]))).toBe(
      43_200,
    );
  });

  test("whatever happens, no pause shrinks, none lasts beyond a day, and the state stays plain numbers", () => {
    const anyOutcome = fc.constantFrom<ProviderOutcome>(
      FOUND,
      TRANSIENT,
      { kind: "not_found" },
      { kind: "out_of_credit" },
      { kind: "misconfigured", detail: "x" },
      { kind: "rate_limited", retryAfterSeconds: 86_400 },
    );
    const anyStep = fc.tuple(anyOutcome, fc.integer({ min: 0, max: 200_000_000 }));
    fc.assert(
      fc.property(fc.array(anyStep), (steps) => {
        let state = NEW_PROVIDER;
        let now = NOON;
        for (const [outcome, elapsed] of steps) {
          now += elapsed;
          const before = Math.max(state.pausedUntil, now);
          state = nextProviderState(state, outcome, now);
          expect(Math.max(state.pausedUntil, now)).toBeGreaterThanOrEqual(before);
          expect(state.pausedUntil - now).toBeLessThanOrEqual(86_400_000);
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        }
      }),
    );
  });
});
