import { classifyRedirectUri, describeRedirect, type RedirectKind } from "./redirect-uris.ts";

/** A client that people know by name. Only these exact strings recognise it: hosts have other documents and pages too. */
type KnownClient = {
  label: string;
  documents?: readonly string[];
  /** Exact addresses, or a pattern where each connector has an address of its own. */
  redirectUris?: readonly (string | RegExp)[];
};

export const KNOWN_CLIENTS = {
  claude: {
    label: "Claude",
    documents: [
      "https://claude.ai/oauth/mcp-oauth-client-metadata",
      "https://claude.com/oauth/mcp-oauth-client-metadata",
    ],
    redirectUris: ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
  },
  "claude-code": { label: "Claude Code", documents: ["https://claude.ai/oauth/claude-code-client-metadata"] },
  chatgpt: {
    label: "ChatGPT",
    documents: ["https://chatgpt.com/oauth/client.json"],
    redirectUris: [
      "https://chatgpt.com/connector_platform_oauth_redirect",
      /^https:\/\/chatgpt\.com\/connector\/oauth\/[\w-]{1,128}$/,
    ],
  },
  codex: { label: "Codex", documents: ["https://chatgpt.com/oauth/codex/client.json"] },
  cursor: {
    label: "Cursor",
    redirectUris: [
      "cursor://anysphere.cursor-mcp/oauth/callback",
      "https://www.cursor.com/agents/mcp/oauth/callback",
      /^cursor:\/\/anysphere\.cursor-retrieval\/oauth\/user-[\w-]{1,128}\/callback$/,
    ],
  },
  vscode: {
    label: "VS Code",
    documents: ["https://vscode.dev/oauth/client-metadata.json"],
    redirectUris: ["https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect", "http://127.0.0.1:33418/"],
  },
  zed: { label: "Zed", documents: ["https://zed.dev/oauth/client-metadata.json"] },
  opencode: { label: "OpenCode", documents: ["https://opencode.ai/oauth/opencode/client.json"] },
  inspector: {
    label: "MCP Inspector",
    redirectUris: [
      "http://localhost:6274/oauth/callback",
      "http://localhost:6274/oauth/callback/debug",
      "http://127.0.0.1:6274/oauth/callback",
      "http://127.0.0.1:6274/oauth/callback/debug",
      "http://127.0.0.1:6276/oauth/callback",
    ],
  },
} as const satisfies Record<string, KnownClient>;

export type KnownClientName = keyof typeof KNOWN_CLIENTS;

/** Who a client is, as far as its strings prove it. */
export type ClientIdentity = {
  /** What to call it: its known name, else what it calls itself, else where it sends people. */
  name: string;
  known: KnownClientName | null;
  /** It is known by its metadata document, or by an https address that only it has. */
  recognized: boolean;
  /**
   * Recognized, and the answer can reach nobody else. Programs on a computer can all use its loopback addresses and
   * claim its schemes, with the client_id of whom they like: such an address proves nothing.
   */
  verified: boolean;
  redirectKind: RedirectKind;
  redirectHost: string;
};

export function identifyClient(client: { id: string; name: string | null }, redirectUri: string): ClientIdentity {
  const { kind: redirectKind, host: redirectHost } = describeRedirect(redirectUri);
  const byDocument = find((known) => known.documents?.includes(client.id));
  const byRedirect = find((known) => known.redirectUris?.some((uri) => matches(uri, redirectUri)));
  const known = byDocument ?? byRedirect;
  const recognized = byDocument !== null || (byRedirect !== null && redirectKind === "https");
  return {
    name: known ? KNOWN_CLIENTS[known].label : (client.name ?? redirectHost),
    known,
    recognized,
    verified: recognized && redirectKind === "https",
    redirectKind,
    redirectHost,
  };
}

function find(test: (known: KnownClient) => boolean | undefined): KnownClientName | null {
  for (const [name, known] of Object.entries(KNOWN_CLIENTS)) if (test(known)) return name as KnownClientName;
  return null;
}

function matches(known: string | RegExp, uri: string): boolean {
  return typeof known === "string" ? known === uri : classifyRedirectUri(uri).ok && known.test(uri);
}
