import { AppError } from "#lib/platform/errors";
import { addressBucket } from "../client-address.ts";
import { handler } from "../handler.ts";
import { readBytes } from "../parse.ts";

const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * `POST /api/leaked-keys`: reports of secret keys found in public places, by GitHub's secret scanning partner
 * programme. The signature is over the raw body, so it is checked before anything is parsed.
 */
export const leakedKeys = handler({ methods: ["POST"] }, async (request, services) => {
  const bucket = addressBucket(request, services.config.trustedProxyHops);
  const state = await services.quotas.rates.address(bucket);
  if (!state.allowed) throw new AppError("rate_limited", { retryAfterSeconds: state.resetSeconds });
  const body = await readBytes(request, MAX_BODY_BYTES);
  const identifier = request.headers.get("github-public-key-identifier") ?? "";
  const signature = request.headers.get("github-public-key-signature") ?? "";
  if (!(await services.keys.leaks.isSigned(body, identifier, signature))) throw new AppError("invalid_signature");
  return Response.json(await services.keys.leaks.accept(body), { headers: { "cache-control": "no-store" } });
});
