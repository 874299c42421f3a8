import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quantise } from "../embedding/document-vectors.ts";
import { embedCorpus } from "../embedding/embed-corpus.ts";
import type { Embedder } from "../embedding/embedder.ts";
import { NOWHERE } from "../ingest/document.ts";
import { type Passage, passageId } from "../passages/passage.ts";
import { createFolderStore } from "../store/folder-store.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { PersonaStore, StoredDocument } from "../store/store.ts";
import { openCorpus } from "./corpus.ts";
import { rebuildIndex } from "./rebuild-index.ts";

const DIMENSIONS = 32;
/** The same direction for the same text, and nearly that of `jetty` for `mole`. */
function vector(text: string): Float32Array {
  const plain = text.replace(/jetty/, "mole").replace(/[^a-z0-9]/gi, "");
  let state = [...plain].reduce((sum, character) => (sum * 33 + character.charCodeAt(0)) % 65_521, 1);
  return Float32Array.from({ length: DIMENSIONS }, () => {
    state = (state * 75 + 74) % 65_537;
    return state / 32_768 - 1;
  });
}
const unit = (made: Float32Array) => made.map((value) => value / Math.hypot(...made));
const texts = ({ text, sentences }: Passage) => sentences.map(({ start, end }) => unit(vector(text.slice(start, end))));
const embedder: Embedder = {
  id: "made up",
  embedQuestion: async (text) => unit(vector(text)),
  embedPassages: async (passages) => ({
    passages: quantise(passages.map(({ text }) => unit(vector(text)))),
    sentences: quantise(passages.flatMap(texts)),
  }),
  close: async () => undefined,
};

/** Two documents of so many passages in all, two sentences each. */
async function fill(store: PersonaStore, count: number): Promise<void> {
  for (const id of ["one", "two"]) {
    const passages = Array.from({ length: count / 2 }, (_, position): Passage => {
      const first = `Entry ${position} of book ${id} tells of mole.`;
      const text = `${first} Nothing else stands here.`;
      const sentences = [
        { start: 0, end: first.length, place: NOWHERE },
        { start: first.length + 1, end: text.length, place: NOWHERE },
      ];
      return { id: passageId(id, position), documentId: id, position, section: "", start: 0, text, sentences };
    });
    const document: StoredDocument = {
      id,
      title: id,
      authors: [],
      year: null,
      type: null,
      url: null,
      format: null,
      status: "ready",
      message: null,
      digest: id,
      pages: null,
      words: 0,
      passages: passages.length,
    };
    await store.replaceDocument(document, passages);
  }
  await rebuildIndex(store);
  await embedCorpus(store, embedder);
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "dense-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.each([
  ["in memory", 200, createMemoryStore],
  ["read from a file, for there are many", 4_200, () => createFolderStore(directory, "a")],
])("a sentence that means what is asked is found, vectors %s", async (_, count, open) => {
  const store = open();
  await fill(store, count);
  const corpus = openCorpus(store, "a", { shipped: embedder });
  for (const number of [0, 7, count / 2 - 1]) {
    const { passages, hits, dense, evidence } = await corpus.find(`Entry ${number} of book two tells of jetty.`, 5);
    expect([dense, passages[0]?.id]).toEqual([true, passageId("two", number)]);
    expect(hits[0]?.features.sentence).toBeCloseTo(1, 1);
    expect(evidence(hits[0]?.passage ?? 0).sentences.map(({ cosine }) => cosine > 0.9)).toEqual([true, false]);
    expect(hits.map(({ rank }) => rank)).toEqual([...hits.map(({ rank }) => rank)].sort((a, b) => b - a));
  }
});
