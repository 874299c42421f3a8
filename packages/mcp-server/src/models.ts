import { createAiWriter, type Writer } from "../../../lib/personas/index.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What is taken where AVATAR_MODEL names no model. */
const MODELS = { anthropic: "claude-haiku-4-5", openai: "gpt-5-mini", "openai-compatible": "llama3.1" } as const;

/**
 * The model that writes answers, by the environment: AVATAR_BASE_URL or OPENAI_BASE_URL (an OpenAI-compatible server, such
 * as Ollama), else ANTHROPIC_API_KEY, else OPENAI_API_KEY; AVATAR_MODEL names the model. Null without any of them, and
 * with AVATAR_MODEL=none.
 */
export function writerOf(environment: Environment): Writer | null {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const model = given("AVATAR_MODEL");
  if (model === "none") return null;
  const baseUrl = given("AVATAR_BASE_URL") ?? given("OPENAI_BASE_URL");
  if (baseUrl) {
    const apiKey = given("AVATAR_API_KEY") ?? given("OPENAI_API_KEY");
    return createAiWriter({
      provider: "openai-compatible",
      model: model ?? MODELS["openai-compatible"],
      baseUrl,
      apiKey,
    });
  }
  const anthropic = given("ANTHROPIC_API_KEY");
  if (anthropic) return createAiWriter({ provider: "anthropic", model: model ?? MODELS.anthropic, apiKey: anthropic });
  const openai = given("OPENAI_API_KEY");
  return openai ? createAiWriter({ provider: "openai", model: model ?? MODELS.openai, apiKey: openai }) : null;
}
