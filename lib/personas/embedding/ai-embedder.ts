import { quantise } from "./document-vectors.ts";
import type { Embedder } from "./embedder.ts";
import { type Patience, requestVectors, type Send } from "./embedding-request.ts";
import { habitOf } from "./model-habits.ts";

/** Which model embeds, and where it is. */
export type EmbedderSettings = {
  model: string;
  apiKey?: string | undefined;
  /** Of an OpenAI-compatible server, such as Ollama's http://127.0.0.1:11434/v1; OpenAI itself without one. */
  baseUrl?: string | undefined;
  /** How long the vectors are to be; what the model gives unless told. */
  dimensions?: number | undefined;
  /** How requests leave; Node's own unless given. */
  fetch?: typeof fetch | undefined;
  patience?: { index?: Partial<Patience>; question?: Partial<Patience> } | undefined;
};

/** Passages in one call: about 20,000 tokens, a tenth of what OpenAI takes. */
const BATCH = 64;
/** Calls at a time. */
const LANES = 2;
/** About 2,000 tokens of English: few models read more, and a passage is a tenth of it. */
const MOST_CHARACTERS = 8_000;

const INDEX: Patience = { retries: 6, callMs: 120_000, pauseMs: 500, mostPauseMs: 60_000 };
/** Somebody waits for the answer, and there are other ways to it. */
const QUESTION: Patience = { retries: 1, callMs: 4_000, pauseMs: 200, mostPauseMs: 1_000 };

/** A model through the AI SDK, which is loaded with the first call. Its errors never show the key. */
export function createAiEmbedder(settings: EmbedderSettings): Embedder {
  const { model, dimensions, patience } = settings;
  const habit = habitOf(model);
  const sendsDimensions = dimensions !== undefined && /^text-embedding-3/.test(model);
  let length = dimensions;
  const send: Send = async (texts, signal) => {
    const { embedMany } = await import("ai");
    const { embeddings } = await embedMany({
      model: await embeddingModel(settings),
      values: [...texts],
      ...(sendsDimensions && { dimensions }),
      maxRetries: 0,
      maxParallelCalls: 1,
      abortSignal: signal,
    });
    return embeddings;
  };

  async function embed(texts: readonly string[], how: Patience): Promise<Float32Array[]> {
    try {
      const cut = texts.map((text) => text.slice(0, MOST_CHARACTERS));
      const vectors = await requestVectors(send, cut, length, how);
      length ??= vectors[0]?.length;
      return vectors;
    } catch (error) {
      throw new Error(plainReason(error, settings.apiKey), { cause: error });
    }
  }

  const asPassages = (texts: readonly string[], how: Patience) =>
    embed(
      texts.map((text) => `${habit.passage}${text}`),
      how,
    );
  return {
    id: `ai ${model}${dimensions ? ` ${dimensions}` : ""}${habit.question ? " prefixed" : ""}`,
    lead: { name: model, embedTexts: (texts) => asPassages(texts, { ...QUESTION, ...patience?.question }) },
    async embedQuestion(text) {
      const [vector] = await embed([`${habit.question}${text}`], { ...QUESTION, ...patience?.question });
      return vector as Float32Array;
    },
    async embedPassages(passages, onProgress) {
      const batches = Array.from({ length: Math.ceil(passages.length / BATCH) }, (_, at) =>
        passages.slice(at * BATCH, (at + 1) * BATCH).map(({ text }) => text),
      );
      const made: Float32Array[][] = [];
      let next = 0;
      let done = 0;
      const lane = async () => {
        for (let at = next++; at < batches.length; at = next++) {
          const texts = batches[at] ?? [];
          made[at] = await asPassages(texts, { ...INDEX, ...patience?.index }).catch((error: unknown) => {
            next = batches.length;
            throw error;
          });
          done += texts.length;
          onProgress?.(done);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      return { passages: quantise(made.flat()), sentences: null };
    },
    async close() {
      // Nothing is kept open.
    },
  };
}

async function embeddingModel({ model, apiKey, baseUrl, fetch }: EmbedderSettings) {
  const options = { ...(apiKey && { apiKey }), ...(fetch && { fetch }) };
  if (baseUrl) {
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
    return createOpenAICompatible({ name: "openai-compatible", ...options, baseURL: baseUrl }).embeddingModel(model);
  }
  return (await import("@ai-sdk/openai")).createOpenAI(options).embeddingModel(model);
}

function plainReason(error: unknown, key: string | undefined): string {
  const { statusCode } = error as { statusCode?: number };
  const said = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  const reason = statusCode ? `${statusCode} ${said}` : said;
  return key ? reason.replaceAll(key, "…") : reason;
}
