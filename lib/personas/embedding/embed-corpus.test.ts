import { beforeEach, expect, test } from "vitest";
import { ingestSource } from "../ingest/ingest.ts";
import { openCorpus } from "../retrieval/corpus.ts";
import { rebuildIndex } from "../retrieval/rebuild-index.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { PersonaStore } from "../store/store.ts";
import { quantise } from "./document-vectors.ts";
import { embedCorpus } from "./embed-corpus.ts";
import type { Embedder } from "./embedder.ts";

const TEXT = "# One\n\nThe mole was built by masons.\n\n# Two\n\nBread is dear in spring.\n";
const file = (text: string) => ({ name: "a.md", bytes: new TextEncoder().encode(text) });
const facts = { id: "a", title: "A", authors: [] };

/** Gives every text one of two directions: what is asked for as "jetty" means the mole. */
function twoTopics(id: string, dimensions: number): Embedder & { asked: string[] } {
  const asked: string[] = [];
  const vector = (text: string) => {
    const made = new Float32Array(dimensions);
    made[/mole|jetty/.test(text) ? 0 : 1] = 1;
    return made;
  };
  return {
    id,
    asked,
    async embedQuestion(text) {
      asked.push(text);
      return vector(text);
    },
    async embedPassages(passages) {
      return { passages: quantise(passages.map(({ text }) => vector(text))), sentences: null };
    },
    close: async () => undefined,
  };
}

let store: PersonaStore;
beforeEach(async () => {
  store = createMemoryStore();
  await ingestSource(store, facts, file(TEXT), undefined);
  await rebuildIndex(store);
});

test("a question in other words finds its passage once the corpus is embedded", async () => {
  const embedder = twoTopics("topics", 4);
  const corpus = openCorpus(store, "a", { shipped: embedder });
  expect((await corpus.find("Whose jetty?", 2)).dense).toBe(false);
  expect(await embedCorpus(store, embedder)).toBe(2);
  const { dense, passages } = await corpus.find("Whose jetty?", 2);
  expect([dense, passages[0]?.text]).toEqual([true, "The mole was built by masons."]);
  expect(await embedCorpus(store, embedder)).toBe(0);
});

test("H-MCP-119: vectors of another model or dimension are never compared; they are made anew", async () => {
  await embedCorpus(store, twoTopics("old", 4));
  const newer = twoTopics("new", 8);
  const corpus = openCorpus(store, "a", { shipped: newer });
  expect((await corpus.find("Whose jetty?", 2)).dense).toBe(false);
  expect(newer.asked).toEqual([]);
  expect(await embedCorpus(store, newer)).toBe(2);
  expect((await corpus.find("Whose jetty?", 2)).dense).toBe(true);
});

test("vectors of a document that changed are dropped", async () => {
  const embedder = twoTopics("topics", 4);
  await embedCorpus(store, embedder);
  const [known] = await store.documents();
  await ingestSource(store, facts, file("# One\n\nThe jetty fell.\n"), known);
  await rebuildIndex(store);
  expect((await openCorpus(store, "a", { shipped: embedder }).find("mole", 2)).dense).toBe(false);
  expect(await embedCorpus(store, embedder)).toBe(1);
});

test("a model that cannot be reached leaves the words", async () => {
  const embedder = twoTopics("topics", 4);
  await embedCorpus(store, embedder);
  const told: string[] = [];
  const broken = { ...embedder, embedQuestion: () => Promise.reject(new Error("401")) };
  const corpus = openCorpus(
    store,
    "a",
    { shipped: broken },
    { report: (sentence, reason) => told.push(`${sentence} ${reason}`) },
  );
  expect((await corpus.find("mole", 2)).passages[0]?.text).toContain("mole");
  expect(told).toEqual([expect.stringContaining("401")]);
});
