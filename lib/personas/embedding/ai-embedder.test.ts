import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddingsServer, startEmbeddingsServer } from "../../../e2e/support/embeddings-server.ts";
import type { Passage } from "../passages/passage.ts";
import { createAiEmbedder } from "./ai-embedder.ts";

const QUICK = { pauseMs: 1, mostPauseMs: 2_000 };
let server: EmbeddingsServer;
beforeAll(async () => {
  server = await startEmbeddingsServer(() => []);
});
afterAll(() => server.close());
beforeEach(() => {
  server.asked = [];
  server.trouble = () => undefined;
  server.vector = (text) => [text.length, 1, 0, 0];
});

const embedder = (more: object = {}, callMs = 10_000) =>
  createAiEmbedder({
    model: "m",
    baseUrl: server.url,
    apiKey: "sk-secret",
    patience: { index: { ...QUICK, callMs, retries: 4 }, question: { ...QUICK, callMs, retries: 1 } },
    ...more,
  });
const passages = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ text: "x".repeat(at + 1), sentences: [] }) as unknown as Passage);

test("passages are sent in batches and come back in order, as unit vectors", async () => {
  const seen: number[] = [];
  const { passages: rows, sentences } = await embedder().embedPassages(passages(150), (done) => seen.push(done));
  expect(server.asked.map(({ texts }) => texts.length).sort()).toEqual([22, 64, 64]);
  expect(server.asked[0]).toMatchObject({ model: "m", authorization: "Bearer sk-secret", dimensions: undefined });
  expect([rows.bytes.length, rows.scales.length, sentences, seen.at(-1)]).toEqual([600, 150, null, 150]);
  for (const at of [0, 63, 64, 149]) {
    const [x, y] = [0, 1].map((place) => (rows.bytes[at * 4 + place] ?? 0) * (rows.scales[at] ?? 0)) as [
      number,
      number,
    ];
    expect(Math.hypot(x, y)).toBeCloseTo(1, 1);
    expect(y / x).toBeCloseTo(1 / (at + 1), 1);
  }
});

describe("what passes is waited for", () => {
  test("429 with Retry-After, as long as it says", async () => {
    server.trouble = (_, before) => (before === 0 ? { status: 429, headers: { "retry-after": "1" } } : undefined);
    const started = performance.now();
    await embedder().embedPassages(passages(2));
    expect([server.asked.length, performance.now() - started >= 950]).toEqual([2, true]);
  });

  test("429 with Retry-After as a date", async () => {
    const soon = new Date(Date.now() + 1_000).toUTCString();
    server.trouble = (_, before) => (before === 0 ? { status: 429, headers: { "retry-after": soon } } : undefined);
    await embedder().embedPassages(passages(1));
    expect(server.asked.length).toBe(2);
  });

  test.each([
    ["500", { status: 500 }],
    ["503", { status: 503 }],
    ["a connection that is cut", { hangUp: true }],
    ["an answer that comes too late", { slow: 1_500 }],
  ])("%s", async (_, trouble) => {
    server.trouble = (_request, before) => (before < 2 ? trouble : undefined);
    const { passages: rows } = await embedder({}, "slow" in trouble ? 500 : undefined).embedPassages(passages(1));
    expect([rows.scales.length, server.asked.length]).toEqual([1, 3]);
  });
});

describe("what does not pass is told, without the key", () => {
  test.each([
    [
      "a key that is refused",
      { status: 401, message: "Incorrect API key provided: sk-secret." },
      /401 .*key provided: …/,
      1,
    ],
    ["a model that is not there", { status: 404, message: 'model "m" not found' }, /404 model "m" not found/, 1],
    ["a server that stays broken", { status: 500 }, /500 That failed/, 5],
    ["a pause that nobody waits for", { status: 429, headers: { "retry-after": "86400" } }, /429/, 1],
    ["fewer vectors than texts", { short: true }, /3 embeddings, but received 2/, 1],
    ["no JSON", { body: "<html>" }, /JSON/, 1],
  ])("%s", async (_, trouble, sentence, requests) => {
    server.trouble = () => trouble;
    const error = await embedder()
      .embedPassages(passages(3))
      .catch((thrown: Error) => thrown);
    expect(String(error)).toMatch(sentence);
    expect(String(error)).not.toContain("sk-secret");
    expect(server.asked).toHaveLength(requests);
  });

  test.each([
    [
      "vectors of different lengths",
      (text: string) => (text.length > 1 ? [1, 0, 0] : [1, 0]),
      /3 dimensions in place of 2/,
    ],
    ["a vector without direction", () => [0, 0], /no direction/],
    ["what is no number", () => [Number.NaN, 1], /Invalid JSON response/],
  ])("%s", async (_, vector, sentence) => {
    server.vector = vector;
    await expect(embedder().embedPassages(passages(2))).rejects.toThrow(sentence);
  });

  test("another length than was asked for", async () => {
    await expect(embedder({ dimensions: 8 }).embedQuestion("Why?")).rejects.toThrow("4 dimensions in place of 8");
    expect(server.asked[0]?.dimensions).toBeUndefined();
    await expect(embedder({ dimensions: 8, model: "text-embedding-3-small" }).embedQuestion("Why?")).rejects.toThrow();
    expect(server.asked[1]?.dimensions).toBe(8);
  });
});

test("what is too much at once is divided, and a text that is too long by itself is cut", async () => {
  server.trouble = ({ texts }) => {
    if (texts.length > 16) return { status: 413, message: "Request too large." };
    return texts.some((text) => text.length > 1_000)
      ? { status: 400, message: "the input length exceeds the context length" }
      : undefined;
  };
  const long = { text: "x".repeat(3_900), sentences: [] } as unknown as Passage;
  const { passages: rows } = await embedder().embedPassages([...passages(40), long]);
  expect(rows.scales.length).toBe(41);
  const first = (rows.bytes[40 * 4] ?? 0) / (rows.bytes[40 * 4 + 1] || 1);
  expect(first).toBeGreaterThan(100);
});

test("models get the words that their cards ask for, and say so in their id", async () => {
  const nomic = embedder({ model: "nomic-embed-text" });
  await nomic.embedQuestion("Why?");
  await nomic.embedPassages(passages(1));
  expect(server.asked.map(({ texts }) => texts[0])).toEqual(["search_query: Why?", "search_document: x"]);
  expect(nomic.id).not.toBe(embedder().id);
  expect(embedder({ dimensions: 256 }).id).not.toBe(embedder().id);
});

test("a question does not wait for a server that hangs", async () => {
  server.trouble = () => ({ slow: 3_000 });
  const started = performance.now();
  await expect(embedder({}, 300).embedQuestion("Why?")).rejects.toThrow("no answer within");
  expect(performance.now() - started).toBeLessThan(2_500);
});
