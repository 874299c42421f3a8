import { beforeAll, describe, expect, test } from "vitest";
import { quantise } from "../embedding/document-vectors.ts";
import { embedCorpus } from "../embedding/embed-corpus.ts";
import type { Embedder } from "../embedding/embedder.ts";
import { ingestSource } from "../ingest/ingest.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { PersonaStore } from "../store/store.ts";
import { openCorpus } from "./corpus.ts";
import { scoreHits } from "./rank.ts";
import { rebuildIndex } from "./rebuild-index.ts";

const SUBJECTS = ["mole", "salt", "road", "bread", "election", "orchard", "river", "school", "mill", "lantern"];
const DEEDS = ["cost the parish", "was praised by the bishop", "fell into neglect", "was mended by masons"];
const DIMENSIONS = 64;

/** A direction for each word, made up but always the same. */
function direction(seed: string): number[] {
  let state = [...seed].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 2 ** 31, 7);
  return Array.from({ length: DIMENSIONS }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  });
}
function unit(parts: readonly number[][]): Float32Array {
  const sum = parts.reduce(
    (all, part) => all.map((value, at) => value + (part[at] ?? 0)),
    new Array(DIMENSIONS).fill(0),
  );
  const length = Math.hypot(...sum) || 1;
  return Float32Array.from(sum, (value) => value / length);
}

const model = (id: string, vector: (text: string) => Float32Array): Embedder => ({
  id,
  lead: { name: id, embedTexts: async (texts) => texts.map(vector) },
  embedQuestion: async (text) => vector(text),
  embedPassages: async (passages) => ({
    passages: quantise(passages.map(({ text }) => vector(text))),
    sentences: null,
  }),
  close: async () => undefined,
});
const OTHER_WORDS: Readonly<Record<string, string>> = {
  breakwater: "mole",
  seasoning: "salt",
  loaf: "bread",
  ballot: "election",
};
/** Knows what each subject is, by any name. */
const knowing = model("knowing", (text) => {
  const words = (text.toLowerCase().match(/[a-z]+/g) ?? []).map((word) => OTHER_WORDS[word] ?? word);
  return unit([
    ...words.filter((word) => SUBJECTS.includes(word)).map(direction),
    direction("all texts"),
    ...words.map((word) => direction(word).map((value) => value * 0.1)),
  ]);
});
const madeUp = model("made up", (text) => unit([direction(`${text.length} ${text}`)]));

let store: PersonaStore;
beforeAll(async () => {
  store = createMemoryStore();
  const text = SUBJECTS.flatMap((subject) =>
    DEEDS.map((deed, at) => `# ${subject} ${at}\n\nThe ${subject} ${deed} in the year ${1700 + at}.`),
  ).join("\n\n");
  await ingestSource(
    store,
    { id: "a", title: "A", authors: [] },
    { name: "a.md", bytes: new TextEncoder().encode(text) },
    undefined,
  );
  await rebuildIndex(store);
});

async function find(lead: Embedder | null, question: string) {
  if (lead) await embedCorpus(store, lead);
  const shipped = model("shipped", () => new Float32Array(DIMENSIONS));
  const { hits, passages, lead: leads } = await openCorpus(store, "a", { shipped, lead }).find(question, 5);
  const scores = scoreHits(hits, { dense: false, lead: leads !== null });
  return { texts: passages.map(({ text }) => text), scores };
}

describe("a model that was chosen leads", () => {
  test.each(Object.entries(OTHER_WORDS))("%s finds what is said of the %s", async (word, subject) => {
    const { texts } = await find(knowing, `Who mended the ${word}?`);
    expect(texts.slice(0, 4).every((text) => text.includes(subject))).toBe(true);
  });

  test("words decide between what is equally near", async () => {
    expect((await find(knowing, "When was the breakwater praised by the bishop?")).texts[0]).toContain(
      "mole was praised",
    );
  });

  test("its score is high for what it is near to and low for what it is not", async () => {
    expect((await find(knowing, "Who mended the loaf?")).scores[0]).toBeGreaterThan(0.5);
    expect((await find(knowing, "How does a transistor work?")).scores[0] ?? 0).toBeLessThan(0.3);
  });
});

test("vectors that mean nothing change nothing: passages beside each other are not near to each other", async () => {
  for (const question of ["Which salt fell into neglect?", "The river and the masons", "Who praised the school?"])
    expect((await find(madeUp, question)).texts[0]).toBe((await find(null, question)).texts[0]);
});
