import type { CallToolResult } from "@modelcontextprotocol/server";
import { MCP_SCOPES } from "#lib/oauth";
import { type AppError, CATALOG } from "#lib/platform/errors";
import { bearerChallenge, scopeChallenge } from "./challenge.ts";
import type { CallContext, Ran, Subject, Tool } from "./define-tool.ts";

/**
 * Every sentence of a tool that tells of something else than the answer. Fixed text: what reaches a model is what it
 * may act on, so no cause's message is ever in it.
 */
export const TEXTS = {
  quotaExceeded: (subject: Subject) =>
    `Monthly ${subject} quota exceeded for this workspace. Upgrade your plan or wait for the next cycle.`,
  rateLimited: (seconds: number) => `Rate limit exceeded. Retry after ${seconds}s.`,
  failed: (requestId: string) =>
    `Something failed on our side (${requestId}). Nothing was counted; try again in a moment.`,
  unavailable: (requestId: string) =>
    `The service cannot answer now (${requestId}). Nothing was counted; try again in a moment.`,
  noAvatar: (username: string) => `No avatar is available for ${username}. The profile picture could not be found.`,
  noProfile: (username: string) => `No profile data is available for ${username}. The profile could not be found.`,
  profileQueued: (username: string) =>
    `Profile enrichment queued for ${username}. Data will be available shortly; try again in a moment.`,
  avatarQueued: (username: string, imageUrl: string | undefined) =>
    imageUrl
      ? `The avatar for ${username} is being enriched; until then this is initials art. The final image will appear shortly at: ${imageUrl}`
      : `The avatar for ${username} is being enriched; until then this is initials art. Call again in a moment for the final image.`,
  keyNote:
    "This is your workspace's unrestricted publishable key. Embed it in avatar URLs to render images anywhere (CRMs, docs, emails, sites). Anyone with a URL can use it against this workspace's avatar quota, so treat it like a public token. Revoke or rotate it any time from the avtrz dashboard under API keys.",
  keyOwnerless:
    "This workspace's avatar key has not been set up yet, and your role cannot create it. Ask a workspace owner or admin to connect avtrz once — that provisions the shared key for everyone.",
  keyMissing:
    "This workspace's avatar key has not been set up yet. Connect avtrz to this workspace once more — that provisions the shared key for everyone.",
  keyRevoked:
    "This workspace's avatar key was revoked. Ask a workspace owner or admin to connect avtrz again if image URLs should work — that makes a new key; retrying does not.",
} as const;

/** The result of a call that was answered. */
export function answered(ran: Ran<Record<string, unknown>>): CallToolResult {
  if ("error" in ran) return failedWith(ran.error);
  const { content, structured, meta } = ran;
  return meta ? { content, structuredContent: structured, _meta: meta } : { content, structuredContent: structured };
}

/** The result of a call that was refused or failed. */
export function refused(
  error: AppError,
  tool: Tool,
  { services, grant }: CallContext,
  requestId: string,
): CallToolResult {
  const { publicUrl } = services.config;
  switch (error.code) {
    case "quota_exceeded":
      return failedWith(TEXTS.quotaExceeded(tool.subject ?? "avatar"));
    case "rate_limited":
      return failedWith(TEXTS.rateLimited(error.retryAfterSeconds ?? 1));
    case "insufficient_scope":
      return withChallenge(error.message, scopeChallenge(publicUrl, [tool.scope], grant.scopes));
    // What the token spoke for ended while the call was under way.
    case "invalid_key":
    case "not_authenticated": {
      const description = CATALOG.not_authenticated.sentence;
      return withChallenge(
        description,
        bearerChallenge(publicUrl, MCP_SCOPES, { error: "invalid_token", description }),
      );
    }
    default:
      if (CATALOG[error.code].status < 500) return failedWith(error.message);
      return failedWith(error.code === "internal" ? TEXTS.failed(requestId) : TEXTS.unavailable(requestId));
  }
}

export function failedWith(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

/** With the challenge in a place where ChatGPT looks for it. */
function withChallenge(text: string, challenge: string): CallToolResult {
  return { ...failedWith(text), _meta: { "mcp/www_authenticate": [challenge] } };
}
