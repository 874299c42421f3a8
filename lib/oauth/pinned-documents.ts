/**
 * Redirect addresses of well-known clients, as their metadata documents gave them in November 2026. Used when such a
 * document cannot be fetched and no copy of it was ever kept: some of these hosts turn servers away as robots.
 */
export const PINNED_DOCUMENTS: Readonly<Record<string, { name: string; redirectUris: readonly string[] }>> = {
  "https://claude.ai/oauth/mcp-oauth-client-metadata": {
    name: "Claude",
    redirectUris: ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
  },
  "https://claude.ai/oauth/claude-code-client-metadata": {
    name: "Claude Code",
    redirectUris: ["http://localhost/callback", "http://127.0.0.1/callback"],
  },
  "https://chatgpt.com/oauth/client.json": {
    name: "ChatGPT",
    redirectUris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
  },
  "https://chatgpt.com/oauth/codex/client.json": {
    name: "Codex",
    redirectUris: ["http://127.0.0.1/callback", "http://localhost/callback"],
  },
  "https://vscode.dev/oauth/client-metadata.json": {
    name: "Visual Studio Code",
    redirectUris: ["http://127.0.0.1:33418/", "https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect"],
  },
  "https://zed.dev/oauth/client-metadata.json": { name: "Zed", redirectUris: ["http://127.0.0.1/callback"] },
  "https://opencode.ai/oauth/opencode/client.json": {
    name: "OpenCode",
    redirectUris: ["http://127.0.0.1/callback", "http://localhost/callback"],
  },
};
