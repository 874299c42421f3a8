import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFolderStore, createPersona, ingestSource, type Persona, parseConfig, rebuildIndex } from "./index.ts";

const ESSAY = `# On salt

The tax on salt falls on the poor more than on the rich, and for that reason it is unjust. A labourer eats as much salt as a lord.

# On roads

A road that is paid for by tolls is kept better than one that nobody owns. The bridge at Wells was built in 1742 by the guild of masons.
`;

let directory: string;
let persona: Persona;
const file = (text: string) => ({ name: "essay.md", bytes: new TextEncoder().encode(text) });
const { config } = parseConfig(
  JSON.stringify({ id: "ann-lee", name: "Ann Lee", corpus: { dateRange: { end: "1750-01-01" } } }),
  "config.json",
);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "persona-"));
  const store = createFolderStore(directory, "ann-lee");
  await ingestSource(store, { id: "essay", title: "Essays", authors: ["Ann Lee"], year: 1748 }, file(ESSAY), undefined);
  await rebuildIndex(store);
  persona = createPersona(config, store);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("a covered question is answered with verbatim sentences, each cited", async () => {
  const { response, citations, refusal } = await persona.answer("Why is the salt tax unjust?");
  expect(refusal).toBeUndefined();
  expect(citations[0]).toMatchObject({
    source: "Essays",
    page: null,
    location: "On salt, paragraph 1",
    quote: "The tax on salt falls on the poor more than on the rich, and for that reason it is unjust.",
  });
  for (const { quote } of citations) expect(response).toContain(quote);
});

test("a passage that has gone takes its score with it", async () => {
  const store = createFolderStore(directory, "ann-lee");
  const whole = await persona.query("the bridge built by the guild of masons", { threshold: 0 });
  const [best, second] = whole;
  const gone = createPersona(config, {
    ...store,
    passages: async (ids) => (await store.passages(ids)).filter(({ id }) => id !== best?.passage_id),
  });
  const [left] = await gone.query("the bridge built by the guild of masons", { threshold: 0 });
  expect(left?.passage_id).toBe(second?.passage_id);
  expect(left?.score).toBeLessThan(best?.score ?? 0);
});

test("what the corpus does not cover is refused, without a citation", async () => {
  const { citations, refusal, confidence, response } = await persona.answer("What do you think of bitcoin?");
  expect({ citations, refusal, confidence }).toEqual({ citations: [], refusal: "not_covered", confidence: "low" });
  expect(response).toContain("do not cover that");
});

test("what lies after the writings is refused with the year in which they end", async () => {
  const { refusal, response } = await persona.answer("Was the tax on salt in 1930 unjust?");
  expect(refusal).toBe("out_of_time");
  expect(response).toContain("1750");
});

test("the same file again changes nothing; a changed one replaces its passages", async () => {
  const store = createFolderStore(directory, "ann-lee");
  const facts = { id: "essay", title: "Essays", authors: ["Ann Lee"], year: 1748 };
  const [known] = await store.documents();
  expect(await ingestSource(store, facts, file(ESSAY), known)).toMatchObject({ changed: false });
  const { document, changed } = await ingestSource(store, facts, file("Only this remains.\n"), known);
  expect([changed, document.passages]).toEqual([true, 1]);
  expect((await store.documentPassages("essay")).map(({ text }) => text)).toEqual(["Only this remains."]);
  await rebuildIndex(store);
  // A server that is running takes up what another process changed.
  expect((await persona.query("What remains?", { threshold: 0 })).map(({ content }) => content)).toEqual([
    "Only this remains.",
  ]);
});
