/**
 * The tools for AI clients: an MCP endpoint that keeps no sessions and answers every protocol revision from 2025-03-26
 * on. A call speaks for one user in one organization, by its access token alone, and is metered as an API request is.
 */
import { avatarMcp } from "./avatars/endpoint.ts";
import { mcp } from "./endpoint.ts";

export { TOOLS } from "./tools/index.ts";

/** The addresses of this surface. */
export const MCP_MOUNTS = { "/mcp": mcp, "/mcp/avatars/": avatarMcp };
