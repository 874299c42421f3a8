import { MCP_SCOPES, type Scope } from "./scopes.ts";

/** What a token can be for (RFC 8707): the tools at /mcp, or one conversational avatar. */
export type Resource = { path: string; scopes: readonly Scope[]; personaId: string | null };

export const MCP_RESOURCE: Resource = { path: "/mcp", scopes: MCP_SCOPES, personaId: null };
const AVATAR = /^\/mcp\/avatars\/(per_\w{26})$/;

/** The resource at a path of ours; null for any other. Whether there is such an avatar is not said to strangers. */
export function resourceAt(path: string): Resource | null {
  if (path === MCP_RESOURCE.path) return MCP_RESOURCE;
  const personaId = AVATAR.exec(path)?.[1];
  return personaId ? { path, scopes: ["personas:read"], personaId } : null;
}

/** The resource of an address, as a client names it. */
export function findResource(publicUrl: string, address: string): Resource | null {
  return address.startsWith(`${publicUrl}/`) ? resourceAt(address.slice(publicUrl.length).replace(/\/$/, "")) : null;
}
