import { MCP_RESOURCE, type Resource, type Scope } from "#lib/oauth";

type Refusal = { error: "invalid_token" | "insufficient_scope"; description: string };

/** Where a client reads which authorization server to go to (RFC 9728). */
function resourceMetadata(publicUrl: string, { path }: Resource): string {
  return `${publicUrl}/.well-known/oauth-protected-resource${path}`;
}

/** A WWW-Authenticate challenge. Without a refusal no credentials were sent, and it names no error (RFC 6750, 3.1). */
export function bearerChallenge(
  publicUrl: string,
  scopes: readonly Scope[],
  refusal?: Refusal,
  resource = MCP_RESOURCE,
): string {
  const parameters = [
    ...(refusal ? [`error="${refusal.error}"`, `error_description="${refusal.description}"`] : []),
    `resource_metadata="${resourceMetadata(publicUrl, resource)}"`,
    `scope="${scopes.join(" ")}"`,
  ];
  return `Bearer ${parameters.join(", ")}`;
}

/** 401: authenticate, for all that the tools need. */
export function unauthorized(publicUrl: string, credentials: "missing" | "refused", resource: Resource): Response {
  const description = "Not authenticated.";
  const refusal: Refusal | undefined = credentials === "refused" ? { error: "invalid_token", description } : undefined;
  const body = { error: refusal?.error ?? "unauthorized", error_description: description };
  return challengeResponse(401, bearerChallenge(publicUrl, resource.scopes, refusal, resource), body);
}

/** 403: the connection lacks a scope. */
export function insufficientScope(
  publicUrl: string,
  needed: readonly Scope[],
  granted: readonly string[],
  resource = MCP_RESOURCE,
): Response {
  const body = { error: "insufficient_scope", error_description: "This connection was not given that scope." };
  return challengeResponse(403, scopeChallenge(publicUrl, needed, granted, resource), body);
}

/**
 * Names what the operation needs, and what the connection has already: a client that asks for exactly these keeps what
 * it had, instead of losing one scope for another.
 */
export function scopeChallenge(
  publicUrl: string,
  needed: readonly Scope[],
  granted: readonly string[],
  resource = MCP_RESOURCE,
): string {
  const scopes = resource.scopes.filter((scope) => needed.includes(scope) || granted.includes(scope));
  const description = "This connection was not given that scope.";
  return bearerChallenge(publicUrl, scopes, { error: "insufficient_scope", description }, resource);
}

function challengeResponse(status: number, challenge: string, body: object): Response {
  return Response.json(body, { status, headers: { "www-authenticate": challenge, "cache-control": "no-store" } });
}
