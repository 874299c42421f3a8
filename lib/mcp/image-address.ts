import { canonicalUrl } from "#lib/profiles";
import type { CallContext } from "./define-tool.ts";

/**
 * The durable address of a person's picture, which shows wherever it is pasted; undefined when the workspace has no key
 * for it, or the connection was not given to read the key.
 */
export async function imageAddress(
  { services, grant }: CallContext,
  username: string,
  size: number,
): Promise<string | undefined> {
  if (!grant.scopes.includes("keys:read")) return undefined;
  const found = await services.keys.manager.mcpKey(grant.organizationId);
  return found.status === "ready"
    ? avatarAddress(services.config.publicUrl, found.key, canonicalUrl(username), size)
    : undefined;
}

/** `linkedinUrl` is a canonical address or a place to fill in: it needs no escaping, and people read it. */
export function avatarAddress(publicUrl: string, key: string, linkedinUrl: string, size: number): string {
  return `${publicUrl}/v1/avatar?key=${key}&linkedin_url=${linkedinUrl}&size=${size}`;
}
