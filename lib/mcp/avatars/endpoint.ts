import { handler } from "#lib/http";
import { resourceAt } from "#lib/oauth";
import { AppError } from "#lib/platform/errors";
import { admit } from "../admit.ts";
import { authenticate } from "../authenticate.ts";
import { insufficientScope } from "../challenge.ts";
import { jsonRpcError, limitRate, mayBatch, methodsOf, readMessage } from "../message.ts";
import { serveAvatar } from "./server.ts";

/**
 * `POST /mcp/avatars/<id>`: one conversational avatar, a protected resource of its own. A token for /mcp is not valid
 * here, nor is one for another avatar. The order is that of /mcp.
 */
export const avatarMcp = handler({ methods: ["POST"], admit }, async (request, services, requestId) => {
  const resource = resourceAt(new URL(request.url).pathname);
  if (!resource?.personaId) throw new AppError("not_found");
  const grant = await authenticate(request, services, resource);
  if (grant instanceof Response) return grant;
  const message = await readMessage(request);
  if (message === undefined) return jsonRpcError(-32700, "Parse error: the body is not JSON.");
  if (Array.isArray(message) && !mayBatch(request))
    return jsonRpcError(-32600, "Invalid request: this revision has no batches; send one message.");
  const calls = methodsOf(message).includes("tools/call");
  if (calls && !grant.scopes.includes("personas:read"))
    return insufficientScope(services.config.publicUrl, ["personas:read"], grant.scopes, resource);
  // A call is counted where it is made, since its refusal is a result that the model reads.
  if (!calls) await limitRate(grant, services);
  const persona = await services.personas.persona(grant.organizationId, resource.personaId);
  const response = await serveAvatar(request, message, { services, grant, persona, requestId });
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  return response;
});
