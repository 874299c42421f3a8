import { renderErrorSvg } from "#lib/avatars";
import { type AppError, CATALOG } from "#lib/platform/errors";
import { negotiate } from "./accept.ts";

/**
 * The answer to a failure: RFC 9457 problem+json; or, for an <img> (a request that prefers pictures), the same
 * status with a quiet tile as its body and the code in X-Error-Code, so that a list never shows broken images.
 */
export function problemResponse(
  request: Request,
  error: AppError,
  options: { publicUrl: string; requestId: string; size?: number },
): Response {
  const { status, sentence, cure } = CATALOG[error.code];
  const headers = new Headers({ "cache-control": "no-store", "x-error-code": error.code, vary: "Accept" });
  if (error.retryAfterSeconds !== undefined) headers.set("retry-after", String(error.retryAfterSeconds));
  if (status === 401) headers.set("www-authenticate", 'ApiKey realm="avtrz"');
  const method = error.fields["allow"];
  if (status === 405 && method) headers.set("allow", method);
  const wanted = negotiate(request.headers.get("accept"), [
    "application/problem+json",
    "application/json",
    "image/svg+xml",
  ]);
  if (wanted === "image/svg+xml") {
    headers.set("content-type", "image/svg+xml");
    return new Response(renderErrorSvg({ size: options.size ?? 128, label: String(status) }), { status, headers });
  }
  headers.set("content-type", "application/problem+json");
  const body = {
    type: `${options.publicUrl}/docs/errors#${error.code}`,
    title: sentence.includes("{") ? error.message : sentence,
    status,
    detail: cure,
    code: error.code,
    request_id: options.requestId,
  };
  return new Response(JSON.stringify(body), { status, headers });
}
