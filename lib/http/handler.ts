import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { Services } from "#lib/services";
import { problemResponse } from "./problem.ts";
import { addSecurityHeaders } from "./security-headers.ts";

/** What every address of ours is: a plain function that knows neither Next nor a server. */
export type Handler = (request: Request, services: Services) => Promise<Response>;

type Run = (request: Request, services: Services, requestId: string) => Promise<Response>;

export type Failure = (request: Request, services: Services, requestId: string, thrown: unknown) => Response;

/**
 * The outermost layer: request id, allowed methods, HEAD, CORS where any page may ask, failures as problems, and
 * the security headers. `run` sees only methods that are listed.
 */
export function handler(
  options: {
    methods: readonly ("GET" | "POST")[];
    cors?: boolean;
    failure?: Failure;
    /** Looks at a request before anything else does; throws AppError for one that must not go on. */
    admit?: (request: Request, services: Services) => void;
  },
  run: Run,
): Handler {
  const fail = options.failure ?? failure;
  const allow = [...options.methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])), "OPTIONS"];
  return async (request, services) => {
    const requestId = newId("req", services.clock.now());
    const response = await answer(request, services, requestId);
    response.headers.set("x-request-id", requestId);
    if (options.cors) {
      response.headers.set("access-control-allow-origin", "*");
      response.headers.set("access-control-expose-headers", EXPOSED);
      response.headers.set("cross-origin-resource-policy", "cross-origin");
    }
    addSecurityHeaders(response.headers);
    return request.method === "HEAD" && response.body ? new Response(null, response) : response;
  };

  async function answer(request: Request, services: Services, requestId: string): Promise<Response> {
    try {
      options.admit?.(request, services);
      if (request.method === "OPTIONS") return preflight(allow, options.cors ?? false);
      if (!allow.includes(request.method)) {
        throw new AppError("method_not_allowed", { fields: { method: request.method, allow: allow.join(", ") } });
      }
      return await run(request, services, requestId);
    } catch (thrown) {
      return fail(request, services, requestId, thrown);
    }
  }
}

/** A thrown value as an answer; what was not foreseen is logged with the request's id and shown as `internal`. */
export function failure(
  request: Request,
  services: Services,
  requestId: string,
  thrown: unknown,
  size?: number,
): Response {
  const error = isAppError(thrown) ? thrown : new AppError("internal", { cause: thrown });
  if (CATALOG[error.code].status >= 500) logFailure(services, requestId, error);
  const options = { publicUrl: services.config.publicUrl, requestId };
  return problemResponse(request, error, size === undefined ? options : { ...options, size });
}

// When the database is away every request says so; a line a second for each kind tells as much as thousands.
const loggedAt = new Map<string, { at: number; since: number }>();
const LOG_EVERY_MS = 1_000;

/** Logs a failure of ours with its request's id; at most one a second of each kind. */
export function logFailure({ log, clock }: Services, requestId: string, error: AppError): void {
  const now = clock.now();
  const last = loggedAt.get(error.code);
  if (last && now - last.at < LOG_EVERY_MS) {
    last.since++;
    return;
  }
  loggedAt.set(error.code, { at: now, since: 0 });
  const unlogged = last?.since ? { alsoBefore: last.since } : {};
  log.error({ err: error.cause ?? error, request: requestId, code: error.code, ...unlogged }, "a request failed");
}

const EXPOSED =
  "x-avatar-status, x-request-id, x-error-code, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-quota-limit, x-quota-remaining, retry-after";

function preflight(allow: readonly string[], cors: boolean): Response {
  const headers = new Headers({ allow: allow.join(", "), "cache-control": "no-store" });
  if (cors) {
    headers.set("access-control-allow-methods", allow.join(", "));
    headers.set(
      "access-control-allow-headers",
      "authorization, content-type, idempotency-key, mcp-protocol-version, x-api-key",
    );
    headers.set("access-control-max-age", "86400");
  }
  return new Response(null, { status: 204, headers });
}
