import type { z } from "zod";
import type { KeyType } from "#lib/keys";
import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import type { Decision, Outcome, QuotaLeft, RateLimitState, Settlement, UnitRequest } from "#lib/quotas";
import type { Services } from "#lib/services";
import { authenticate, type Principal } from "./authenticate.ts";
import { addressBucket } from "./client-address.ts";
import { clientOf } from "./client-name.ts";
import { failure, type Handler, handler } from "./handler.ts";
import { parseBody, parseQuery } from "./parse.ts";

/** One unit of avatar_requests: whom it is for. */
type Unit = { username: string; size?: number | undefined };

/** What a run makes of a request. `outcomes` has one entry for each unit, in order. */
export type Answer = { response: Response; outcomes?: readonly Outcome[] };

type Spec<Query extends z.ZodObject, Body extends z.ZodType, Input> = {
  method: "GET" | "POST";
  /** The name in AvatarRequest rows. */
  tool: string;
  keys: readonly KeyType[];
  query: Query;
  body?: { schema: Body; maxBytes: number };
  /** The request in the service's own words; throws AppError for what the schema alone cannot see. */
  read: (query: z.infer<Query>, body: z.infer<Body>) => Input;
  /** What the request costs. Absent: nothing, and no row is written. */
  units?: (input: Input) => Unit[];
  run: (input: Input, context: Context) => Promise<Answer>;
};

export type Context = { request: Request; services: Services; principal: Principal; requestId: string };

/**
 * A keyed endpoint. The order is the contract: request id → authenticate → rate limit → parse → meter → work →
 * headers. Whatever is refused before the meter costs nothing and is recorded as blocked; whatever fails after it
 * with a 5xx gives its units back.
 */
export function endpoint<Query extends z.ZodObject, Body extends z.ZodType, Input>(
  spec: Spec<Query, Body, Input>,
): Handler {
  return handler({ methods: [spec.method], cors: true }, async (request, services, requestId) => {
    const started = performance.now();
    const at = services.clock.now();
    const parameters = new URL(request.url).searchParams;
    const size = Number(parameters.get("size")) || undefined;

    const authentication = await authenticate(request, parameters, services, spec.keys);
    if (!authentication.ok) {
      await slowDownGuessing(request, services);
      if (authentication.of) block(authentication.of, authentication.error.code);
      return failure(request, services, requestId, authentication.error, tileSize(size));
    }
    const { principal } = authentication;

    let rate: RateLimitState | undefined;
    let quota: QuotaLeft | undefined;
    let units: UnitRequest[] = [];
    let decisions: Decision[] = [];
    let input: Input | undefined;
    try {
      rate = await services.quotas.rates.api(principal.organizationId, principal.keyId);
      if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
      const query = parseQuery(spec.query, parameters);
      const body = spec.body ? await parseBody(spec.body.schema, request, spec.body.maxBytes) : undefined;
      input = spec.read(query, body as z.infer<Body>);
      units = (spec.units?.(input) ?? []).map((unit, index) => rowOf(unit, index));
      decisions = await take(units);
      const answer = await spec.run(input, { request, services, principal, requestId });
      settle(answer.outcomes);
      return withLimits(answer.response);
    } catch (thrown) {
      const status = isAppError(thrown) ? CATALOG[thrown.code].status : 500;
      const code = isAppError(thrown) ? thrown.code : "internal";
      if (decisions.length > 0) status >= 500 ? settleFailure(code) : settle();
      else if (status < 500) block(principal, code, units[0]);
      return withLimits(failure(request, services, requestId, thrown, tileSize(size)));
    }

    function rowOf(unit: Unit, index: number): UnitRequest {
      return {
        ...unit,
        ...common(),
        // Further units of one request are rows of their own.
        id: index === 0 ? requestId : `${requestId}_${index}`,
        organizationId: principal.organizationId,
        keyId: principal.keyId,
        originDomain: principal.originDomain,
        idempotencyKey: idempotencyKey(request, index),
      };
    }

    async function take(wanted: UnitRequest[]): Promise<Decision[]> {
      const [first] = wanted;
      if (!first) return [];
      const { meter, ledger } = services.quotas;
      const taken = await (wanted.length === 1
        ? meter.takeOne(first).then((one) => [one])
        : meter.takeAll(wanted)
      ).catch((error) => {
        for (const unit of wanted) ledger.cancel(unit);
        throw error;
      });
      quota = taken[0]?.quota;
      const refused = taken.find((decision) => decision.kind === "refused");
      if (refused) throw new AppError("quota_exceeded", { fields: { metric: refused.metric } });
      return taken;
    }

    function settle(outcomes: readonly Outcome[] = []): void {
      complete((index) => ({ outcome: outcomes[index] ?? "not_found" }));
    }

    function settleFailure(code: string): void {
      complete(() => ({ outcome: "failed", code, refund: true }));
    }

    function complete(result: (index: number) => Pick<Settlement, "outcome" | "code" | "refund">): void {
      const latencyMs = performance.now() - started;
      for (const [index, { organizationId, id, idempotencyKey }] of units.entries()) {
        services.quotas.ledger.settle({ organizationId, id, idempotencyKey, latencyMs, ...result(index) });
      }
    }

    function block(
      who: { organizationId: string; keyId: string; originDomain: string | undefined },
      code: string,
      unit?: Unit,
    ): void {
      if (!spec.units) return;
      const { organizationId, keyId, originDomain } = who;
      services.quotas.ledger.block({ ...common(), id: requestId, organizationId, keyId, originDomain, code, ...unit });
    }

    function common() {
      return { channel: "api" as const, tool: spec.tool, client: clientOf(request.headers.get("user-agent")), at };
    }

    function withLimits(response: Response): Response {
      if (rate) {
        response.headers.set("ratelimit-limit", String(rate.limit));
        response.headers.set("ratelimit-remaining", String(rate.remaining));
        response.headers.set("ratelimit-reset", String(rate.resetSeconds));
      }
      if (quota) {
        response.headers.set("x-quota-limit", String(quota.limit ?? "unlimited"));
        response.headers.set("x-quota-remaining", String(quota.remaining ?? "unlimited"));
      }
      return response;
    }
  });
}

/** Whoever keeps sending keys that are none is turned away before the next one is looked up. */
async function slowDownGuessing(request: Request, services: Services): Promise<void> {
  const state = await services.quotas.rates.address(addressBucket(request, services.config.trustedProxyHops));
  if (!state.allowed) throw new AppError("rate_limited", { retryAfterSeconds: state.resetSeconds });
}

function idempotencyKey(request: Request, index: number): string | undefined {
  const key = request.headers.get("idempotency-key");
  if (!key) return undefined;
  if (key.length > 200) {
    throw new AppError("invalid_parameter", {
      fields: { parameter: "Idempotency-Key", expected: "at most 200 characters" },
    });
  }
  // A line break cannot be in a header, so no client can name these.
  return index === 0 ? key : `${key}\n${index}`;
}

function tileSize(size: number | undefined): number | undefined {
  return size && size >= 16 && size <= 512 ? size : undefined;
}
