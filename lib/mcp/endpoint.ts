import { handler } from "#lib/http";
import { admit } from "./admit.ts";
import { authenticate } from "./authenticate.ts";
import { meterCall } from "./call-tool.ts";
import { insufficientScope } from "./challenge.ts";
import { jsonRpcError, limitRate, mayBatch, readMessage } from "./message.ts";
import { serve } from "./server.ts";
import { findTool } from "./tools/index.ts";

/**
 * `POST /mcp`: one JSON-RPC message, answered with JSON. The order is the contract: Origin and method → authenticate →
 * media type and size → JSON → scope → rate limit; then the protocol itself. No request has a session: each is
 * authenticated by its own token.
 */
export const mcp = handler({ methods: ["POST"], admit }, async (request, services, requestId) => {
  const grant = await authenticate(request, services);
  if (grant instanceof Response) return grant;
  const message = await readMessage(request);
  if (message === undefined) return jsonRpcError(-32700, "Parse error: the body is not JSON.");
  if (Array.isArray(message) && !mayBatch(request))
    return jsonRpcError(-32600, "Invalid request: this revision has no batches; send one message.");
  const calls = toolCalls(message);
  const lacking = calls.find(({ tool }) => tool && !grant.scopes.includes(tool.scope))?.tool;
  if (lacking) {
    if (lacking.subject) meterCall(lacking, { services, grant }, requestId).block("insufficient_scope");
    return insufficientScope(services.config.publicUrl, [lacking.scope], grant.scopes);
  }
  // A call is counted where it is made, since its refusal is a result that the model reads.
  if (calls.length === 0) await limitRate(grant, services);
  const response = await serve(request, message, { services, grant, requestId });
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  return response;
});

function toolCalls(message: unknown) {
  const messages: unknown[] = Array.isArray(message) ? message : [message];
  return messages.flatMap((one) => {
    if (typeof one !== "object" || one === null || !("method" in one) || one.method !== "tools/call") return [];
    const name = "params" in one && (one.params as { name?: unknown } | null)?.name;
    return [{ tool: findTool(name) }];
  });
}
