import {
  authorizationServerMetadata,
  MCP_RESOURCE,
  protectedResourceMetadata,
  type Resource,
  resourceAt,
} from "#lib/oauth";
import { AppError } from "#lib/platform/errors";
import type { Handler } from "../handler.ts";
import { handler } from "../handler.ts";

const AUTHORIZATION_SERVER = "/.well-known/oauth-authorization-server";
const PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource";

/** RFC 8414, at the root and with the resource's path after it: older clients look only there. */
export const authorizationServer = document(AUTHORIZATION_SERVER, authorizationServerMetadata);

/** RFC 9728, 3.1: with the resource's path, and at the root for clients that look only there. */
export const protectedResource = document(PROTECTED_RESOURCE, protectedResourceMetadata);

function document(prefix: string, make: (publicUrl: string, resource: Resource) => object): Handler {
  return handler({ methods: ["GET"], cors: true }, async (request, services) => {
    const { pathname } = new URL(request.url);
    const resource = pathname === prefix ? MCP_RESOURCE : resourceAt(pathname.slice(prefix.length));
    if (!resource) throw new AppError("not_found");
    return Response.json(make(services.config.publicUrl, resource), {
      headers: { "cache-control": "public, max-age=300" },
    });
  });
}

/** There is no OpenID provider here: said as JSON, which clients that probe for one can read. */
export const openidConfiguration: Handler = handler({ methods: ["GET"], cors: true }, async () => {
  throw new AppError("not_found");
});
