import { oauthErrorOf } from "#lib/oauth";
import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { addressBucket } from "../client-address.ts";
import { type Handler, handler, logFailure } from "../handler.ts";

type Run = (request: Request, services: Services) => Promise<Response>;

/**
 * An endpoint that programs call: any origin may (nothing here goes by cookies), nothing is kept by caches, and every
 * failure is the JSON of RFC 6749, 5.2.
 */
export function oauthEndpoint(run: Run): Handler {
  return handler({ methods: ["POST"], cors: true, failure: oauthFailure }, async (request, services) => {
    await limitAddress(request, services);
    return run(request, services);
  });
}

/** Throws AppError `rate_limited` when this network address asks too often. */
export async function limitAddress(request: Request, services: Services): Promise<void> {
  const rate = await services.quotas.rates.address(addressBucket(request, services.config.trustedProxyHops));
  if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
}

export function oauthJson(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", pragma: "no-cache" } });
}

/** A failure as RFC 6749, 5.2 has it. What was not foreseen is logged with the request's id. */
export function oauthFailure(request: Request, services: Services, requestId: string, thrown: unknown): Response {
  const error = isAppError(thrown) ? thrown : new AppError("internal", { cause: thrown });
  const { status } = CATALOG[error.code];
  if (status >= 500) logFailure(services, requestId, error);
  const response = oauthJson(
    { error: oauthErrorOf(error), error_description: error.message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'") },
    status,
  );
  response.headers.set("x-error-code", error.code);
  if (error.retryAfterSeconds !== undefined) response.headers.set("retry-after", String(error.retryAfterSeconds));
  const allow = error.fields["allow"];
  if (status === 405 && allow) response.headers.set("allow", allow);
  // RFC 6749, 5.2: the challenge of the scheme that was tried, and of no other.
  if (status === 401 && /^basic\b/i.test(request.headers.get("authorization") ?? ""))
    response.headers.set("www-authenticate", 'Basic realm="avtrz"');
  return response;
}
