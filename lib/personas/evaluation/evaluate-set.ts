import { answerQuestion } from "../answer/answer.ts";
import { parseConfig } from "../avatar/config.ts";
import { embedCorpus } from "../embedding/embed-corpus.ts";
import type { Embedder } from "../embedding/embedder.ts";
import { NOWHERE } from "../ingest/document.ts";
import { type Passage, passageId } from "../passages/passage.ts";
import { splitSentences } from "../passages/sentences.ts";
import { type Embedders, openCorpus } from "../retrieval/corpus.ts";
import { openIndex } from "../retrieval/open-index.ts";
import { scoreHits } from "../retrieval/rank.ts";
import { rebuildIndex } from "../retrieval/rebuild-index.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { derivedOfDocument, type PersonaStore, type StoredDocument } from "../store/store.ts";
import { plain } from "./measures.ts";
import { bm25Ranks } from "./plain-bm25.ts";
import type { EvaluationSet } from "./question-file.ts";
import { type EvaluationReport, type Observation, summarise } from "./report.ts";

const LOOKED_AT = 10;
const SCORED = 5;
const CONFIG = parseConfig(
  JSON.stringify({ id: "set", name: "The set", description: "", corpus: {}, systemPrompt: {} }),
  "set",
).config;

export type SetProgress = (step: string, share: number) => void;
export type SetOptions = {
  /** Whether meaning is compared, beside words. */
  vectors?: boolean;
  onProgress?: SetProgress;
};

/**
 * Measures a set of passages and questions: found or not, answered or not, and, with the article of a question taken
 * away, refused or not. A title is an article.
 */
export async function evaluateSet(
  set: EvaluationSet,
  { shipped, lead }: Embedders,
  options: SetOptions = {},
): Promise<EvaluationReport> {
  const remembering: Embedders = { shipped: remember(shipped), lead: lead && remember(lead) };
  const store = createMemoryStore();
  const ids = await fill(store, set);
  if (options.vectors !== false) {
    for (const embedder of lead ? [shipped, lead] : [shipped])
      await embedCorpus(store, embedder, ({ done, of }) => options.onProgress?.("vectors", done / Math.max(1, of)));
  }
  const observations = await ask(store, set, ids, remembering, (share) => options.onProgress?.("questions", share));
  const articles = (await store.documents()).map(({ id }) => id);
  for (const [at, article] of articles.entries()) {
    const rest = await without(store, article);
    const questions = set.questions.filter(
      ({ relevant, unanswerable }) => !unanswerable && articleOf(ids, relevant[0]) === article,
    );
    if (articles.length > 1) observations.push(...(await askUncovered(rest, questions, remembering)));
    options.onProgress?.("uncovered questions", (at + 1) / articles.length);
  }
  const vectors = options.vectors !== false;
  return summarise(observations, { vectors, lead: (vectors && lead?.lead?.name) || null, notices: [] });
}

async function ask(
  store: PersonaStore,
  { questions }: EvaluationSet,
  ids: ReadonlyMap<string, string>,
  embedders: Embedders,
  onProgress: (share: number) => void,
): Promise<Observation[]> {
  const corpus = openCorpus(store, CONFIG.id, embedders);
  const index = await openIndex(store, CONFIG.id);
  const texts = new Map<string, string>();
  for (const { id } of await store.documents())
    for (const passage of await store.documentPassages(id)) texts.set(passage.id, passage.text);
  const observations: Observation[] = [];
  for (const { text, relevant, answers, unanswerable } of questions) {
    const wanted = relevant.flatMap((id) => index.numberOf(ids.get(id) ?? "") ?? []);
    const started = performance.now();
    const { hits, dense, lead } = await corpus.find(text, LOOKED_AT);
    const queried = performance.now();
    const answer = await answerQuestion({ config: CONFIG, corpus }, text);
    const milliseconds = { query: queried - started, answer: performance.now() - queried };
    const own = hits.map(({ passage }) => passage);
    const scores = scoreHits(hits, { dense, lead: lead !== null });
    const covered = !unanswerable && wanted.length > 0;
    observations.push({
      kind: covered ? "answerable" : "absent-fact",
      style: null,
      ranks: covered
        ? { ours: wanted.map((number) => own.indexOf(number) + 1 || null), bm25: bm25Ranks(index, text, wanted) }
        : null,
      scored: covered
        ? own.slice(0, SCORED).map((passage, at) => ({ score: scores[at] ?? 0, relevant: wanted.includes(passage) }))
        : [],
      answer,
      holds:
        covered && answers.length > 0 && !answer.refusal
          ? answers.some((each) => plain(answer.response).includes(plain(each)))
          : null,
      obeyed: false,
      quotes: answer.citations.map(({ passage_id: id, quote }) => ({
        verbatim: texts.get(id)?.includes(quote) ?? false,
        page: null,
      })),
      milliseconds,
    });
    if (observations.length % 50 === 0) onProgress(observations.length / questions.length);
  }
  return observations;
}

async function askUncovered(
  store: PersonaStore,
  questions: EvaluationSet["questions"],
  embedders: Embedders,
): Promise<Observation[]> {
  const corpus = openCorpus(store, CONFIG.id, embedders);
  const observations: Observation[] = [];
  for (const { text } of questions) {
    const started = performance.now();
    const answer = await answerQuestion({ config: CONFIG, corpus }, text);
    const milliseconds = { query: performance.now() - started, answer: performance.now() - started };
    observations.push({
      kind: "uncovered",
      style: null,
      ranks: null,
      scored: [],
      answer,
      holds: null,
      obeyed: false,
      quotes: [],
      milliseconds,
    });
  }
  return observations;
}

/** Puts the passages in as they are, one document for each title. Returns their ids by those of the set. */
async function fill(store: PersonaStore, { passages }: EvaluationSet): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const documents = new Map<string, Passage[]>();
  for (const { id, title, text } of passages) {
    const own = documents.get(title) ?? [];
    documents.set(title, own);
    const passage: Passage = {
      id: passageId(title, own.length),
      documentId: title,
      position: own.length,
      section: "",
      start: 0,
      text,
      sentences: splitSentences(text).map(([start, end]) => ({ start, end, place: NOWHERE })),
    };
    own.push(passage);
    ids.set(id, passage.id);
  }
  for (const [title, own] of documents) await store.replaceDocument(documentOf(title, own.length), own);
  await rebuildIndex(store);
  return ids;
}

/** The same store without one document; vectors are taken over. */
async function without(store: PersonaStore, left: string): Promise<PersonaStore> {
  const rest = createMemoryStore();
  for (const document of await store.documents()) {
    if (document.id === left) continue;
    await rest.replaceDocument(document, await store.documentPassages(document.id));
    for (const name of derivedOfDocument(document.id)) await rest.writeDerived(name, await store.readDerived(name));
  }
  await rebuildIndex(rest);
  return rest;
}

/** Every question is asked more than once here. */
function remember(embedder: Embedder): Embedder {
  const known = new Map<string, Promise<Float32Array>>();
  return {
    ...embedder,
    embedQuestion(text) {
      const found = known.get(text) ?? embedder.embedQuestion(text);
      known.set(text, found);
      return found;
    },
  };
}

function articleOf(ids: ReadonlyMap<string, string>, id: string | undefined): string | undefined {
  return ids.get(id ?? "")?.replace(/:\d+$/, "");
}

function documentOf(title: string, passages: number): StoredDocument {
  return {
    id: title,
    title,
    authors: [],
    year: null,
    type: null,
    url: null,
    format: null,
    status: "ready",
    message: null,
    digest: title,
    pages: null,
    words: 0,
    passages,
  };
}
