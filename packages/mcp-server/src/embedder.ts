import { type AvatarConfig, createAiEmbedder, type Embedder, PersonaError } from "../../../lib/personas/index.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What is taken of an OpenAI-compatible server where nothing names a model: Ollama's usual one. */
const USUAL_MODEL = "nomic-embed-text";

/**
 * The embedding model that leads the search, in place of the shipped one. Its name is AVATAR_EMBEDDING_MODEL, or what
 * config.json has as vectorStore.embeddingModel; it is at AVATAR_EMBEDDING_BASE_URL (an OpenAI-compatible server, such as
 * Ollama), else at OPENAI_BASE_URL, else at OpenAI. Null without a server or a key, and with AVATAR_EMBEDDING_MODEL=none.
 * Throws PersonaError `invalid_input` for settings that do not fit together.
 */
export function embedderOf(
  environment: Environment,
  config: Pick<AvatarConfig, "vectorStore" | "qdrant">,
): Embedder | null {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const wanted = given("AVATAR_EMBEDDING_MODEL");
  if (wanted === "none") return null;
  const kept = config.vectorStore ?? config.qdrant;
  const named = wanted ?? kept?.embeddingModel;
  const own = given("AVATAR_EMBEDDING_BASE_URL");
  const baseUrl = own ?? (named ? given("OPENAI_BASE_URL") : undefined);
  const apiKey = given("AVATAR_EMBEDDING_API_KEY") ?? given("OPENAI_API_KEY");
  if (!baseUrl && !(named && apiKey)) {
    if (!wanted) return null;
    const expected = "it needs AVATAR_EMBEDDING_BASE_URL, or OPENAI_API_KEY";
    throw new PersonaError("invalid_input", { parameter: "AVATAR_EMBEDDING_MODEL", expected });
  }
  if (baseUrl && !/^https?:\/\/[^/]/.test(baseUrl)) {
    const expected = "an http(s) address such as http://127.0.0.1:11434/v1";
    throw new PersonaError("invalid_input", {
      parameter: own ? "AVATAR_EMBEDDING_BASE_URL" : "OPENAI_BASE_URL",
      expected,
    });
  }
  // The length that config.json names is that of the model it names.
  const dimensions =
    dimensionsOf(given("AVATAR_EMBEDDING_DIMENSIONS")) ?? (wanted ? undefined : kept?.embeddingDimensions);
  return createAiEmbedder({ model: named ?? USUAL_MODEL, apiKey, baseUrl, dimensions });
}

function dimensionsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const dimensions = Number(text);
  if (Number.isInteger(dimensions) && dimensions > 0) return dimensions;
  throw new PersonaError("invalid_input", {
    parameter: "AVATAR_EMBEDDING_DIMENSIONS",
    expected: "a whole number above 0, such as 1536",
  });
}
