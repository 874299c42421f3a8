import { readBytes } from "#lib/http";
import type { AccessGrant } from "#lib/oauth";
import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";

const MAX_BODY_BYTES = 64 * 1024;
/** The last revision in which messages could be sent as a list; also what the absence of the header means. */
const REVISION_WITH_BATCHES = "2025-03-26";

/** The JSON of the body; undefined when it is none. Throws AppError `unsupported_media_type` or `body_too_large`. */
export async function readMessage(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new AppError("unsupported_media_type", { fields: { expected: "application/json" } });
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether a list of messages may be sent in the request's revision. */
export function mayBatch(request: Request): boolean {
  const revision = request.headers.get("mcp-protocol-version");
  return revision === null || revision === REVISION_WITH_BATCHES;
}

/** Throws AppError `rate_limited`. */
export async function limitRate({ userId }: AccessGrant, services: Services): Promise<void> {
  const rate = await services.quotas.rates.mcp(userId);
  if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
}

export function jsonRpcError(code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status: 400 });
}

/** The methods of a message, or of each of a list of them. */
export function methodsOf(message: unknown): unknown[] {
  const messages: unknown[] = Array.isArray(message) ? message : [message];
  return messages.map((one) => (typeof one === "object" && one !== null && "method" in one ? one.method : undefined));
}
