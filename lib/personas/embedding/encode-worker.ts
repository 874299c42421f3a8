/** A thread that runs the shipped model over sentences, so that whoever answers questions need not wait. */
import { parentPort } from "node:worker_threads";
import { quantise } from "./document-vectors.ts";
import { loadSentenceEncoder } from "./sentence-encoder.ts";

/** The sentences of each passage. */
export type EncodeJob = { number: number; passages: string[][] };
type Rows = { bytes: Int8Array; scales: Float32Array };
export type EncodeResult = { number: number; passages: Rows; sentences: Rows } | { number: number; error: string };

parentPort?.on("message", async ({ number, passages }: EncodeJob) => {
  try {
    const encoder = await loadSentenceEncoder();
    const encoded = await encoder.encode(passages.flat());
    let at = 0;
    const pooled = passages.map((sentences) => {
      const own = encoded.slice(at, at + sentences.length);
      at += sentences.length;
      return encoder.pool(own);
    });
    const result: EncodeResult = {
      number,
      passages: quantise(pooled),
      sentences: quantise(encoded.map(({ vector }) => vector)),
    };
    parentPort?.postMessage(result);
  } catch (error) {
    parentPort?.postMessage({ number, error: error instanceof Error ? error.message : String(error) });
  }
});
