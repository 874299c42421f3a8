/** The pages of /docs in the order in which they are read: sections of names, each a file `docs/<name>.md`. */
export const SECTIONS = [
  { title: "Start", pages: ["quickstart", "how-it-works", "authentication", "importing-people", "showing-avatars"] },
  {
    title: "HTTP API",
    pages: ["get-avatar", "many-avatars", "profile-and-usage", "signed-urls", "webhooks", "errors"],
  },
  {
    title: "AI clients",
    pages: [
      "mcp",
      "mcp-tools",
      "connect-claude",
      "connect-chatgpt",
      "connect-cursor",
      "connect-vscode",
      "connect-inspector",
    ],
  },
  { title: "Conversational avatars", pages: ["personas", "personas-api", "personas-retrieval"] },
  { title: "Running it", pages: ["self-hosting", "providers", "storage", "privacy"] },
] as const satisfies readonly { title: string; pages: readonly string[] }[];

export type PageName = (typeof SECTIONS)[number]["pages"][number];

export const PAGE_NAMES: readonly PageName[] = SECTIONS.flatMap((section) => section.pages);

/** Other addresses that people and other pages know these by. */
const ALIASES: Readonly<Record<string, PageName>> = {
  "api/avatar": "get-avatar",
  "mcp/tools": "mcp-tools",
  "mcp/connect": "connect-claude",
};

/** The page an address below /docs/ names: its own name, or another that leads there. Null for anything else. */
export function findPageName(path: string): { name: PageName; alias: boolean } | null {
  const name = PAGE_NAMES.find((candidate) => candidate === path);
  if (name) return { name, alias: false };
  const aliased = Object.hasOwn(ALIASES, path) ? ALIASES[path] : undefined;
  return aliased ? { name: aliased, alias: true } : null;
}
