/** What a client may be allowed to do, in the words the consent screen uses. All of it only reads. */
export const SCOPES = {
  "avatars:read": "See profile photos",
  "profiles:read": "See profile facts: name, headline, location",
  "keys:read": "Read this workspace's publishable key, which builds image addresses",
  "personas:read": "Ask this workspace's conversational avatars",
  offline_access: "Stay connected until you revoke it",
} as const;

export type Scope = keyof typeof SCOPES;

/** What the tools at /mcp need; `offline_access` is the authorization server's business, not the resource's. */
export const MCP_SCOPES = ["avatars:read", "profiles:read", "keys:read"] as const satisfies readonly Scope[];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}
