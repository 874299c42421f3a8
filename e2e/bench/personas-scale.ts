/**
 * What an avatar costs as its corpus grows: reading, index, query, the stdio server's start and its memory. Keeps nothing.
 * Processor time is given beside the clock's, which others on the machine slow down.
 *
 * The texts are made up: words as frequent as they are in English, with a subject for each chapter. The vectors are too,
 * for the model would take half an hour for 20,000 passages, and their values do not change what comparing them costs.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodeDocumentVectors } from "../../lib/personas/embedding/document-vectors.ts";
import { DIMENSIONS, ENCODER_ID } from "../../lib/personas/embedding/sentence-encoder.ts";
import {
  createFolderStore,
  createPersona,
  indexDirectory,
  openAvatarFolder,
  processFolder,
} from "../../lib/personas/index.ts";
import { loadWordVectors } from "../../lib/personas/words/word-vectors.ts";

const SERVER = path.join(import.meta.dirname, "../../packages/mcp-server/bin/mcp-server.mjs");
const PASSAGES_A_DOCUMENT = 1_000;
const QUERIES = 200;

type Measured = {
  passages: number;
  /** Read and indexed, a second, without vectors. */
  readPerSecond: number;
  indexMb: number;
  vectorsMb: number;
  /** Of the first query in a process, that reads the index. */
  firstMs: number;
  queryMs: { p50: number; p95: number };
  /** Of the processor, on all threads. */
  queryCpuMs: { p50: number; p95: number };
  /** From the start of the process to the answer to tools/list. */
  listMs: number;
  /** Of the stdio server after ten queries. */
  rssMb: number;
};

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Text of about so many passages: sentences of 12 to 40 words, six in a paragraph, a heading now and then. */
function textOf(passages: number, words: readonly string[], next: () => number): string {
  const anyWord = () => words[Math.min(words.length - 1, Math.floor(words.length ** next()))] ?? "";
  const lines: string[] = [];
  for (let chapter = 0; chapter < passages / 20; chapter++) {
    const subject = Array.from({ length: 40 }, () => words[Math.floor(next() * words.length)] ?? "");
    lines.push(`# ${subject[0]} and ${subject[1]}`);
    for (let paragraph = 0; paragraph < 30; paragraph++) {
      const sentences = Array.from({ length: 6 }, () => {
        const long = 12 + Math.floor(next() * 28);
        const said = Array.from({ length: long }, () =>
          next() < 0.12 ? (subject[Math.floor(next() * subject.length)] ?? "") : anyWord(),
        ).join(" ");
        return `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
      });
      lines.push(sentences.join(" "));
    }
  }
  return lines.join("\n\n");
}

async function makeAvatar(avatars: string, passages: number): Promise<void> {
  const { words } = loadWordVectors();
  const root = path.join(avatars, "bench");
  await mkdir(path.join(root, "corpus/open-access"), { recursive: true });
  await writeFile(
    path.join(root, "config.json"),
    JSON.stringify({ id: "bench", name: "Bench", description: "Made up." }),
  );
  const next = random(7);
  for (let document = 0; document < passages / PASSAGES_A_DOCUMENT; document++) {
    const text = textOf(Math.min(PASSAGES_A_DOCUMENT, passages), words, next);
    await writeFile(path.join(root, `corpus/open-access/book-${document}.md`), text);
  }
}

/** Vectors of the shipped model's shape for every document. */
async function makeUpVectors(store: ReturnType<typeof createFolderStore>): Promise<void> {
  const next = random(11);
  for (const { id, digest } of await store.documents()) {
    const passages = await store.documentPassages(id);
    const rows = (count: number) => ({
      bytes: Int8Array.from({ length: count * DIMENSIONS }, () => Math.floor(next() * 255) - 127),
      scales: new Float32Array(count).fill(1 / (73.6 * Math.sqrt(DIMENSIONS))),
    });
    const vectors = {
      embedder: ENCODER_ID,
      digest: digest ?? "",
      dimensions: DIMENSIONS,
      passages: rows(passages.length),
      sentences: rows(passages.reduce((sum, { sentences }) => sum + sentences.length, 0)),
    };
    await store.writeDerived(`vectors-${id}`, encodeDocumentVectors(vectors));
  }
}

/** Questions of five to nine words, half of them frequent ones. */
function questions(count: number, words: readonly string[]): string[] {
  const next = random(3);
  return Array.from({ length: count }, () => {
    const asked = Array.from({ length: 5 + Math.floor(next() * 5) }, () =>
      next() < 0.5 ? words[Math.floor(next() * 3_000)] : words[Math.floor(next() * words.length)],
    );
    return `What of the ${asked.join(" ")}?`;
  });
}

async function sizes(directory: string): Promise<{ index: number; vectors: number }> {
  const sum = { index: 0, vectors: 0 };
  for (const file of await readdir(directory)) {
    const { size } = await stat(path.join(directory, file));
    sum[file.startsWith("vectors") ? "vectors" : "index"] += size / 2 ** 20;
  }
  return sum;
}

const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] ?? 0;

/** What the process is given of memory, in MB, by Linux's own count. */
async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

async function measureServer(avatars: string, asked: readonly string[]): Promise<{ listMs: number; rssMb: number }> {
  const started = performance.now();
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [SERVER, "--avatars", avatars], {
    stdio: "pipe",
  });
  let id = 0;
  let buffered = "";
  const waiting = new Map<number, () => void>();
  child.stdout.on("data", (chunk) => {
    buffered += chunk;
    for (let end = buffered.indexOf("\n"); end >= 0; end = buffered.indexOf("\n")) {
      waiting.get((JSON.parse(buffered.slice(0, end)) as { id: number }).id)?.();
      buffered = buffered.slice(end + 1);
    }
  });
  const call = (method: string, params: object) =>
    new Promise<void>((resolve) => {
      waiting.set(++id, resolve);
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    });
  await call("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  });
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
  await call("tools/list", {});
  const listMs = performance.now() - started;
  for (const query of asked) await call("tools/call", { name: "query_corpus", arguments: { query, threshold: 0 } });
  const rssMb = await residentMb(child.pid);
  child.stdin.end();
  await once(child, "exit");
  return { listMs, rssMb };
}

async function measure(wanted: number): Promise<Measured> {
  const avatars = await mkdtemp(path.join(tmpdir(), "avatar-scale-"));
  try {
    await makeAvatar(avatars, wanted);
    const folder = await openAvatarFolder(avatars, "bench");
    const store = createFolderStore(indexDirectory(folder), "bench");
    const begun = performance.now();
    const { passages } = await processFolder(folder, store);
    const readPerSecond = passages / ((performance.now() - begun) / 1_000);
    await makeUpVectors(store);
    const { index, vectors } = await sizes(path.join(indexDirectory(folder), "derived"));
    const asked = questions(QUERIES, loadWordVectors().words);
    const persona = createPersona(folder.config, store);
    const times: { wall: number; cpu: number }[] = [];
    for (const question of ["What of the first?", ...asked]) {
      const from = { wall: performance.now(), cpu: process.cpuUsage() };
      await persona.query(question, { threshold: 0 });
      const { user, system } = process.cpuUsage(from.cpu);
      times.push({ wall: performance.now() - from.wall, cpu: (user + system) / 1_000 });
    }
    const [first, ...rest] = times;
    const spread = (name: "wall" | "cpu") => {
      const all = rest.map((time) => time[name]);
      return { p50: percentile(all, 0.5), p95: percentile(all, 0.95) };
    };
    const server = await measureServer(avatars, asked.slice(0, 10));
    return {
      passages,
      readPerSecond,
      indexMb: index,
      vectorsMb: vectors,
      firstMs: first?.wall ?? 0,
      queryMs: spread("wall"),
      queryCpuMs: spread("cpu"),
      ...server,
    };
  } finally {
    await rm(avatars, { recursive: true, force: true });
  }
}

/** Passages. Ten times the largest takes some minutes, most of them to make the texts up. */
const SIZES = [1_000, 5_000, 20_000];

export async function benchPersonas(): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const size of SIZES) all.push(await measure(size));
  return all;
}

export function reportPersonas(all: readonly Measured[]): void {
  console.log(
    "passages  read/s  index MB  vectors MB  first ms  query ms p50  p95  cpu p50  p95  tools/list ms  server MB",
  );
  for (const one of all) {
    const { passages, readPerSecond, indexMb, vectorsMb, firstMs, queryMs, queryCpuMs, listMs, rssMb } = one;
    const numbers = [
      readPerSecond,
      indexMb,
      vectorsMb,
      firstMs,
      queryMs.p50,
      queryMs.p95,
      queryCpuMs.p50,
      queryCpuMs.p95,
      listMs,
      rssMb,
    ];
    console.log(
      [String(passages).padStart(8), ...numbers.map((number) => number.toFixed(number < 10 ? 1 : 0).padStart(8))].join(
        "",
      ),
    );
  }
}

// By itself, for any sizes: node e2e/bench/personas-scale.ts 100000
if (process.argv[1] === import.meta.filename)
  for (const size of process.argv.slice(2)) reportPersonas([await measure(Number(size))]);
