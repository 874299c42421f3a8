import type { z } from "zod";
import type { KeyType } from "#lib/keys";
import { AppError } from "#lib/platform/errors";
import { type Caller, meterRequest, type Outcome, type RateLimitState, type Unit } from "#lib/quotas";
import type { Services } from "#lib/services";
import { type Authentication, authenticate, type Principal } from "./authenticate.ts";
import { addressBucket } from "./client-address.ts";
import { clientOf } from "./client-name.ts";
import { failure, type Handler, handler } from "./handler.ts";
import { parseBody, parseQuery } from "./parse.ts";

/** What a run makes of a request. `outcomes` has one entry for each unit, in order. */
export type Answer = { response: Response; outcomes?: readonly Outcome[] };

type Spec<Query extends z.ZodObject, Body extends z.ZodType, Input> = {
  method: "GET" | "POST";
  /** The name in AvatarRequest rows. */
  tool: string;
  keys: readonly KeyType[];
  /** Whom a request speaks for, where that is not said by a key. */
  authenticate?: (request: Request, parameters: URLSearchParams, services: Services) => Promise<Authentication>;
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
    const at = services.clock.now();
    const parameters = new URL(request.url).searchParams;
    const size = Number(parameters.get("size") ?? parameters.get("px")) || undefined;

    const authentication = await (spec.authenticate?.(request, parameters, services) ??
      authenticate(request, parameters, services, spec.keys));
    if (!authentication.ok) {
      await slowDownGuessing(request, services);
      if (authentication.of && spec.units)
        meterRequest(services.quotas, callerOf(authentication.of)).block(authentication.error.code);
      return failure(request, services, requestId, authentication.error, tileSize(size));
    }
    const { principal } = authentication;
    const metered = meterRequest(services.quotas, callerOf(principal));

    let rate: RateLimitState | undefined;
    try {
      rate = await services.quotas.rates.api(principal.organizationId, principal.keyId);
      if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
      const query = parseQuery(spec.query, parameters);
      const body = spec.body ? await parseBody(spec.body.schema, request, spec.body.maxBytes) : undefined;
      const input = spec.read(query, body as z.infer<Body>);
      const units = spec.units?.(input) ?? [];
      await metered.take(units.map((unit, index) => ({ ...unit, idempotencyKey: idempotencyKey(request, index) })));
      const answer = await spec.run(input, { request, services, principal, requestId });
      metered.settle(answer.outcomes);
      return withLimits(answer.response);
    } catch (thrown) {
      if (spec.units) metered.fail(thrown);
      return withLimits(failure(request, services, requestId, thrown, tileSize(size)));
    }

    function callerOf({ organizationId, keyId, originDomain }: Asker): Caller {
      const client = clientOf(request.headers.get("user-agent"));
      return { id: requestId, organizationId, keyId, originDomain, channel: "api", tool: spec.tool, client, at };
    }

    function withLimits(response: Response): Response {
      if (rate) {
        response.headers.set("ratelimit-limit", String(rate.limit));
        response.headers.set("ratelimit-remaining", String(rate.remaining));
        response.headers.set("ratelimit-reset", String(rate.resetSeconds));
      }
      const quota = metered.quota();
      if (quota) {
        response.headers.set("x-quota-limit", String(quota.limit ?? "unlimited"));
        response.headers.set("x-quota-remaining", String(quota.remaining ?? "unlimited"));
      }
      return response;
    }
  });
}

type Asker = Pick<Principal, "organizationId" | "keyId" | "originDomain">;

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
