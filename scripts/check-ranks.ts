/**
 * Imports point down (ARCHITECTURE.md), a room is entered by its door, and some things have one owner. Prints what
 * breaks that, and exits 1. It first checks a canary that breaks every rule: a check that cannot fail proves nothing.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");

/** What each place may import, besides itself. Rooms not named here are for the ranks above alone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  organizations: ["platform"],
  keys: ["platform", "organizations"],
  quotas: ["platform", "organizations"],
  oauth: ["platform", "organizations"],
  analytics: ["platform", "organizations"],
  mails: ["platform"],
  profiles: ["platform", "organizations"],
  avatars: ["platform", "organizations", "profiles"],
  enrichment: ["platform", "organizations", "profiles", "avatars"],
  webhooks: ["platform", "organizations", "profiles"],
  privacy: ["platform", "organizations", "profiles"],
  personas: [],
  corpora: ["platform", "organizations", "personas"],
};
const ROOMS = Object.keys(MAY_IMPORT);
const SERVICES = ROOMS;
const ABOVE = [...ROOMS, "services"];
/** Between rank 3: the tools at /mcp use what the HTTP surface has (its outermost layer, its identity fields), and /docs tells of both. */
const RANK_3: Readonly<Record<string, readonly string[]>> = {
  http: ABOVE,
  mcp: [...ABOVE, "http"],
  docs: [...ABOVE, "http", "mcp"],
  ui: ABOVE,
};
const EVERYTHING = [...ABOVE, ...Object.keys(RANK_3), "mounts"];

/** Text that may stand in one file only. */
const OWNERS: [pattern: RegExp, owner: string, what: string][] = [
  [/process\.env\b/, "lib/platform/config.ts", "the environment"],
  [/new PrismaClient\b/, "lib/platform/db.ts", "the Prisma client"],
  [/from "undici"/, "lib/platform/safe-fetch/", "outbound requests"],
];

type Source = { file: string; text: string };

const canary: Source[] = [
  { file: "lib/platform/canary.ts", text: 'import { x } from "#lib/keys";' },
  { file: "lib/avatars/canary.ts", text: 'import { x } from "#lib/quotas";' },
  { file: "lib/keys/canary.ts", text: 'import { x } from "../quotas/meter.ts";' },
  { file: "lib/services.ts", text: 'import { x } from "#lib/http";' },
  { file: "app/canary.tsx", text: 'import { x } from "#lib/keys/verify";' },
  { file: "lib/http/canary.ts", text: 'import { x } from "#lib/mcp";' },
  { file: "lib/mcp/canary.ts", text: 'import { x } from "#lib/docs";' },
  { file: "lib/personas/canary.ts", text: 'import { x } from "#lib/platform/config";' },
  { file: "lib/http/canary.ts", text: "const x = process.env.X;" },
];
const missed = canary.filter((source) => problemsOf(source).length === 0);
if (missed.length > 0) {
  console.error(`This check is blind to ${missed.map(({ file }) => file).join(", ")}.`);
  process.exit(1);
}

const problems = (await readSources()).flatMap(problemsOf);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "Imports point down." : `${problems.length} import(s) go the wrong way.`);
process.exit(problems.length === 0 ? 0 : 1);

async function readSources(): Promise<Source[]> {
  const sources: Source[] = [];
  for (const top of ["lib", "app", "bin"]) {
    for (const entry of await readdir(path.join(ROOT, top), { withFileTypes: true, recursive: true })) {
      const file = path.relative(ROOT, path.join(entry.parentPath, entry.name));
      if (!entry.isFile() || !/\.tsx?$/.test(file) || /\.test\.ts$|\.fixture\.ts$|\/generated\//.test(file)) continue;
      sources.push({ file, text: await readFile(path.join(ROOT, file), "utf8") });
    }
  }
  return sources;
}

function problemsOf({ file, text }: Source): string[] {
  const place = placeOf(file);
  const allowed = MAY_IMPORT[place] ?? RANK_3[place] ?? (place === "services" ? SERVICES : EVERYTHING);
  const found: string[] = [];
  for (const [, specifier = ""] of text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
    const target = targetOf(file, specifier);
    if (!target || target === place) continue;
    if (!allowed.includes(target)) found.push(`${file}: ${place} must not import ${target} (${specifier})`);
    const inside = specifier.startsWith("#lib/") ? specifier.slice("#lib/".length).split("/") : [];
    if (inside.length > 1 && inside[0] !== "platform") found.push(`${file}: ${specifier} goes past the room's door`);
    if (specifier.startsWith("..") && ROOMS.includes(place))
      found.push(`${file}: another room is imported by its door, #lib/${target}`);
  }
  for (const [pattern, owner, what] of OWNERS) {
    if (pattern.test(text) && !file.startsWith(owner) && file.startsWith("lib/")) {
      if (!(what === "the environment" && file.startsWith("lib/platform/embedded-database")))
        found.push(`${file}: ${what} belong(s) to ${owner}`);
    }
  }
  return found;
}

/** The room or rank a file belongs to: `keys`, `services`, `http`, `app`. */
function placeOf(file: string): string {
  const parts = file.split("/");
  if (parts[0] !== "lib") return parts[0] ?? "";
  return (parts[1] ?? "").replace(/\.ts$/, "");
}

function targetOf(file: string, specifier: string): string | null {
  if (specifier.startsWith("#lib/")) return placeOf(`lib/${specifier.slice("#lib/".length)}`);
  if (!specifier.startsWith(".")) return null;
  return placeOf(path.normalize(path.join(path.dirname(file), specifier)));
}
