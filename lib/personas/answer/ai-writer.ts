import type { Writer } from "./writer.ts";

/** Which model writes, and where it is. */
export type WriterSettings = {
  provider: "anthropic" | "openai" | "openai-compatible";
  model: string;
  apiKey?: string | undefined;
  /** Of an OpenAI-compatible server, such as Ollama's http://127.0.0.1:11434/v1. */
  baseUrl?: string | undefined;
  /** How requests leave; Node's own unless given. */
  fetch?: typeof fetch | undefined;
};

const MOST_TOKENS = 1_500;

/** A model through the AI SDK, which is loaded with the first answer. */
export function createAiWriter(settings: WriterSettings): Writer {
  return {
    id: `${settings.provider}:${settings.model}`,
    async write({ system, prompt, signal }) {
      const { generateText } = await import("ai");
      const { text } = await generateText({
        model: await languageModel(settings),
        system,
        prompt,
        abortSignal: signal,
        maxOutputTokens: MOST_TOKENS,
        maxRetries: 1,
        temperature: 0,
      });
      return text;
    },
  };
}

async function languageModel({ provider, model, apiKey, baseUrl, fetch }: WriterSettings) {
  const options = { ...(apiKey && { apiKey }), ...(baseUrl && { baseURL: baseUrl }), ...(fetch && { fetch }) };
  switch (provider) {
    case "anthropic":
      return (await import("@ai-sdk/anthropic")).createAnthropic(options)(model);
    case "openai":
      return (await import("@ai-sdk/openai")).createOpenAI(options)(model);
    case "openai-compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      return createOpenAICompatible({ name: "openai-compatible", ...options, baseURL: baseUrl ?? "" })(model);
    }
  }
}
