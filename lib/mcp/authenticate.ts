import { addressBucket } from "#lib/http";
import { type AccessGrant, MCP_RESOURCE, type Resource } from "#lib/oauth";
import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { unauthorized } from "./challenge.ts";

// The scheme's case does not matter (RFC 9110, 11.1). Two headers arrive as one with a comma, which no token has.
const BEARER = /^bearer +([\w\-.~+/]+=*)$/i;

/**
 * The grant of a request's access token, or the 401 that asks for one. Only the Authorization header counts: no cookie,
 * no session id, no API key. Whoever keeps failing is turned away with AppError `rate_limited`.
 */
export async function authenticate(
  request: Request,
  services: Services,
  resource: Resource = MCP_RESOURCE,
): Promise<AccessGrant | Response> {
  const header = request.headers.get("authorization");
  // Where logs and browsers keep it, a token is as good as lost.
  const inAddress = new URL(request.url).searchParams.has("access_token");
  const token = inAddress ? undefined : header?.match(BEARER)?.[1];
  if (token) {
    const verified = await services.oauth.verifyAccessToken(token, services.config.publicUrl + resource.path);
    if (verified.ok) return verified.grant;
    services.log.debug({ reason: verified.reason }, "an access token was refused");
  }
  const state = await services.quotas.rates.address(addressBucket(request, services.config.trustedProxyHops));
  if (!state.allowed) throw new AppError("rate_limited", { retryAfterSeconds: state.resetSeconds });
  return unauthorized(services.config.publicUrl, header || inAddress ? "refused" : "missing", resource);
}
