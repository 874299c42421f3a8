import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Passage } from "../passages/passage.ts";
import type { Embedder } from "./embedder.ts";
import type { EncodeJob, EncodeResult } from "./encode-worker.ts";
import { DIMENSIONS, ENCODER_ID, loadSentenceEncoder } from "./sentence-encoder.ts";

/** Passages that a thread takes at a time. */
const JOB = 24;
const MOST_WORKERS = 4;

// The sources end in .ts, what is built of them in .js. Named at first use: a bundle has no file of its own.
const workerFile = () => new URL(`./encode-worker${path.extname(import.meta.filename)}`, import.meta.url);

/** The model that ships with this program: English, on this machine, without a key. Threads start with the first job. */
export function createShippedEmbedder(workers = Math.min(MOST_WORKERS, availableParallelism())): Embedder {
  return {
    id: ENCODER_ID,
    async embedQuestion(text) {
      const [encoded] = await (await loadSentenceEncoder()).encode([text]);
      if (!encoded) throw new Error("the encoder gave no vector");
      return encoded.vector;
    },
    async embedPassages(passages, onProgress) {
      const jobs = toJobs(passages);
      const results = await runJobs(jobs, Math.min(workers, jobs.length), onProgress);
      return { passages: concatenate(results, "passages"), sentences: concatenate(results, "sentences") };
    },
    async close() {
      // Threads end with the job they were started for.
    },
  };
}

function toJobs(passages: readonly Passage[]): EncodeJob[] {
  const texts = passages.map(({ text, sentences }) => sentences.map(({ start, end }) => text.slice(start, end)));
  return Array.from({ length: Math.ceil(texts.length / JOB) }, (_, number) => ({
    number,
    passages: texts.slice(number * JOB, (number + 1) * JOB),
  }));
}

type Done = Exclude<EncodeResult, { error: string }>;

async function runJobs(
  jobs: readonly EncodeJob[],
  workers: number,
  onProgress?: (done: number) => void,
): Promise<Done[]> {
  const results = new Array<Done>(jobs.length);
  let next = 0;
  let done = 0;
  const runWorker = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(workerFile());
      const give = () => {
        const job = jobs[next++];
        if (job) worker.postMessage(job);
        else void worker.terminate().then(() => resolve());
      };
      worker.on("error", reject);
      worker.on("message", (result: EncodeResult) => {
        if ("error" in result) {
          next = jobs.length;
          void worker.terminate().then(() => reject(new Error(result.error)));
          return;
        }
        results[result.number] = result;
        done += jobs[result.number]?.passages.length ?? 0;
        onProgress?.(done);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: workers }, runWorker));
  return results;
}

function concatenate(
  results: readonly Done[],
  name: "passages" | "sentences",
): { bytes: Int8Array; scales: Float32Array } {
  const rows = results.reduce((sum, result) => sum + result[name].scales.length, 0);
  const bytes = new Int8Array(rows * DIMENSIONS);
  const scales = new Float32Array(rows);
  let row = 0;
  for (const result of results) {
    bytes.set(result[name].bytes, row * DIMENSIONS);
    scales.set(result[name].scales, row);
    row += result[name].scales.length;
  }
  return { bytes, scales };
}
