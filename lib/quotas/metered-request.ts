import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import type { createLedger, Outcome, Settlement } from "./ledger.ts";
import type { createMeter, QuotaLeft, UnitRequest } from "./meter.ts";

/** Who asks, over which channel, when: what all rows of one request have in common. `id` is the request's. */
export type Caller = Omit<UnitRequest, "username" | "size" | "idempotencyKey">;

/** One unit of avatar_requests: whom it is for. */
export type Unit = Pick<UnitRequest, "username" | "size" | "idempotencyKey">;

export type MeteredRequest = ReturnType<typeof meterRequest>;

/**
 * The units of one request, from the decision to the row's completion; the same over HTTP and MCP. Units are taken
 * all or none. What is refused before costs nothing and is recorded as blocked; what fails after with a 5xx gives its
 * units back.
 */
export function meterRequest(
  quotas: { meter: ReturnType<typeof createMeter>; ledger: ReturnType<typeof createLedger> },
  caller: Caller,
) {
  const { meter, ledger } = quotas;
  const started = performance.now();
  let wanted: UnitRequest[] = [];
  let taken = false;
  let quota: QuotaLeft | undefined;

  function complete(result: (index: number) => Pick<Settlement, "outcome" | "code" | "refund">): void {
    const latencyMs = performance.now() - started;
    for (const [index, { organizationId, id, idempotencyKey }] of wanted.entries()) {
      ledger.settle({ organizationId, id, idempotencyKey, latencyMs, ...result(index) });
    }
  }

  return {
    /** What is left of avatar_requests, once a unit was asked for. */
    quota: () => quota,

    /** Takes the units and commits their rows. Throws AppError `quota_exceeded` when they cannot all be had. */
    async take(units: readonly Unit[]): Promise<void> {
      // Further units of one request are rows of their own.
      wanted = units.map((unit, index) => ({
        ...caller,
        ...unit,
        id: index === 0 ? caller.id : `${caller.id}_${index}`,
      }));
      const [first] = wanted;
      if (!first) return;
      const decisions = await (wanted.length === 1
        ? meter.takeOne(first).then((one) => [one])
        : meter.takeAll(wanted)
      ).catch((error) => {
        for (const unit of wanted) ledger.cancel(unit);
        throw error;
      });
      quota = decisions[0]?.quota;
      const refused = decisions.find((decision) => decision.kind === "refused");
      if (refused) throw new AppError("quota_exceeded", { fields: { metric: refused.metric } });
      taken = true;
    },

    /** The request was answered. `outcomes` has one entry for each unit, in order; absent ones were not found. */
    settle(outcomes: readonly Outcome[] = []): void {
      complete((index) => ({ outcome: outcomes[index] ?? "not_found" }));
    },

    /** The request ended in this: completed without a photo, given back after a 5xx, or blocked if nothing was taken. */
    fail(thrown: unknown): void {
      const code = isAppError(thrown) ? thrown.code : "internal";
      const { status } = CATALOG[code];
      if (!taken && status < 500) this.block(code);
      else if (taken && status < 500) this.settle();
      else if (taken) complete(() => ({ outcome: "failed", code, refund: true }));
    },

    /** The request was turned away before anything was taken. */
    block(code: string): void {
      const { username, size } = wanted[0] ?? {};
      ledger.block({ ...caller, username, size, code });
    },
  };
}
