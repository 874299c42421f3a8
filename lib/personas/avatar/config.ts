import { z } from "zod";
import { PersonaError } from "../problem.ts";
import { date, flag, listOf, name, objectOf, text, texts, wholeNumber } from "./fields.ts";

/** What the avatar speaks as: somebody who studied the person, or the person. */
export const VOICES = ["student", "first-person"] as const;
export type Voice = (typeof VOICES)[number];

/** A source as config.json names it; unknown keys are kept. */
const ConfigSource = objectOf({
  title: name,
  type: text.optional(),
  year: wholeNumber.optional(),
  url: text.optional(),
  archiveUrl: text.optional(),
  archive_url: text.optional(),
  verified: flag.optional(),
});

const VectorStore = objectOf({
  table: text.optional(),
  collection: text.optional(),
  embeddingModel: text.optional(),
  embeddingDimensions: wholeNumber.positive("must be above 0").optional(),
  chunkSize: wholeNumber.positive("must be above 0").optional(),
  chunkOverlap: wholeNumber.nonnegative("must be 0 or more").optional(),
});

const Server = objectOf({
  name: text.optional(),
  version: text.optional(),
  url: text.optional(),
  tools: texts.optional(),
});

/** config.json of the original project, in the shape of its schema and of its MCP specification. */
const AvatarConfig = objectOf({
  id: text.regex(/^[a-z0-9-]+$/, "must be of lower-case letters, digits and hyphens"),
  name,
  description: text.default(""),
  birthYear: wholeNumber.optional(),
  deathYear: wholeNumber.optional(),
  expertise: texts.default([]),
  corpus: objectOf({
    description: text.default(""),
    dateRange: objectOf({ start: date.optional(), end: date.optional() }).optional(),
    sources: listOf(ConfigSource).default([]),
  }).optional(),
  systemPrompt: objectOf({
    identity: text.optional(),
    tone: text.optional(),
    constraints: texts.optional(),
    citationStyle: text.optional(),
  }).optional(),
  voice: z.enum(VOICES, `must be one of ${VOICES.join(", ")}`).optional(),
  vectorStore: VectorStore.optional(),
  qdrant: VectorStore.optional(),
  mcpServer: Server.optional(),
  mcp: Server.optional(),
});
export type AvatarConfig = z.output<typeof AvatarConfig>;

/** What the original's schema demands and we can do without. */
const EXPECTED = ["description", "corpus", "systemPrompt"] as const;

/**
 * Reads the text of a config.json. `file` stands in the sentences. Throws PersonaError `broken_config`, which names
 * every problem with its path.
 */
export function parseConfig(source: string, file: string): { config: AvatarConfig; warnings: string[] } {
  const value = parseJson(source, file);
  const parsed = AvatarConfig.safeParse(value);
  if (!parsed.success) throw new PersonaError("broken_config", { file, problems: listIssues(parsed.error) });
  const given = value as Record<string, unknown>;
  const warnings = EXPECTED.filter((key) => given[key] === undefined).map((key) => `${file}: ${key} is missing.`);
  return { config: parsed.data, warnings };
}

/** JSON as people write it by hand may begin with a byte order mark. Throws PersonaError `broken_config`. */
export function parseJson(source: string, file: string): unknown {
  try {
    return JSON.parse(source.replace(/^\ufeff/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PersonaError("broken_config", { file, problems: `- it is no JSON: ${reason}` }, { cause: error });
  }
}

/** One line for each problem: `- corpus.sources[2].year: must be a whole number`. */
export function listIssues({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `- ${pathText(path)}: ${message}`).join("\n");
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path
    .map((part, at) => (typeof part === "number" ? `[${part}]` : `${at > 0 ? "." : ""}${String(part)}`))
    .join("");
}

/** Tools that the avatar's MCP server offers; without a list of its own, all of them. */
export function wantedTools(config: AvatarConfig): string[] | null {
  return config.mcp?.tools ?? config.mcpServer?.tools ?? null;
}

/** The last year the avatar can speak of; null when nothing says. */
export function lastYear(config: AvatarConfig): number | null {
  const end = config.corpus?.dateRange?.end;
  if (end) return Number(/^-?\d+/.exec(end)?.[0]);
  const years = (config.corpus?.sources ?? []).flatMap(({ year: published }) =>
    published === undefined ? [] : [published],
  );
  return config.deathYear ?? (years.length > 0 ? Math.max(...years) : null);
}
