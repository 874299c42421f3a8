import type { OpenedVectors } from "../embedding/document-vectors.ts";
import { openVectors } from "../embedding/embed-corpus.ts";
import type { Embedder } from "../embedding/embedder.ts";
import type { Passage } from "../passages/passage.ts";
import { PersonaError } from "../problem.ts";
import type { PersonaStore, StoredDocument } from "../store/store.ts";
import { type DenseIndex, openDenseIndex } from "./dense-index.ts";
import { type LeadIndex, openLeadIndex } from "./lead-index.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import { openIndex } from "./open-index.ts";
import { createSearcher, type Found, type Searcher } from "./search.ts";

/** What was found for a text, with the passages themselves in the same order as the hits. */
export type FoundPassages = Found & {
  passages: Passage[];
  documents: ReadonlyMap<string, StoredDocument>;
  /** The number of a passage in the index, by its id; undefined for one of no document. */
  numberOf: (id: string) => number | undefined;
  /** Whether any passage has a word of this stem. */
  knows: (stem: string) => boolean;
};

/**
 * Hears of what went wrong without keeping a question from being answered. `sentence` may be shown to whoever asks;
 * `reason` is another program's text, for the log.
 */
export type Report = (sentence: string, reason?: string) => void;

export type Corpus = {
  /** Best first. Throws PersonaError when there is no index. */
  find: (text: string, limit: number, report?: Report) => Promise<FoundPassages>;
  /**
   * For each sentence of these passages how near it is to the question, by the model that leads; null when it cannot be
   * reached. `lead` is what was found with.
   */
  leadOfSentences: (lead: NonNullable<Found["lead"]>, passages: readonly Passage[]) => Promise<number[][] | null>;
  passages: (ids: readonly string[]) => Promise<Passage[]>;
  documentPassages: (id: string) => Promise<Passage[]>;
};

type Opened = {
  index: LexicalIndex;
  dense: DenseIndex | null;
  lead: LeadIndex | null;
  searcher: Searcher;
  documents: Map<string, StoredDocument>;
  close: () => void;
};

const CLOSE_AFTER_MS = 60_000;

/** The models that embed questions: the shipped one, and one that somebody chose, which leads. */
export type Embedders = { shipped: Embedder; lead?: Embedder | null | undefined };

export type CorpusOptions = {
  /** Called once when the corpus was never processed; the question waits for it. */
  prepare?: (() => Promise<unknown>) | undefined;
  /** Called when an index was opened that lacks vectors of the model that leads, or of the shipped one without such. */
  incomplete?: (() => void) | undefined;
  report?: Report | undefined;
};

/** A model that was not there is left alone for so long: no question is to wait for it in vain after the first. */
const REST_MS = 30_000;
/** Passages whose sentences' vectors are kept. */
const KEPT = 256;

/**
 * A corpus to search. The index is read with the first question, and again after the corpus changed; texts stay in the
 * store. Without vectors of a model for every document, and without the model, what is left is compared: words always.
 */
export function openCorpus(
  store: PersonaStore,
  avatar: string,
  { shipped, lead: leading }: Embedders,
  options: CorpusOptions = {},
): Corpus {
  let opened: { revision: string; index: Promise<Opened> } | null = null;
  let prepared: Promise<unknown> | null = null;
  let restUntil = 0;
  let resting = "";
  const sentences = new Map<string, Float32Array[]>();

  async function open(): Promise<Opened> {
    const index = await openIndex(store, avatar).catch(async (error: unknown) => {
      if (!options.prepare || !(error instanceof PersonaError) || error.code !== "not_processed") throw error;
      prepared ??= options.prepare();
      // What kept it from being made may be over with the next question.
      await prepared.catch((cause: unknown) => {
        prepared = null;
        throw cause;
      });
      return openIndex(store, avatar);
    });
    const documents = new Map((await store.documents()).map((document) => [document.id, document]));
    const vectors = await openAllVectors(store, index, documents, shipped);
    const leads = leading && (await openAllVectors(store, index, documents, leading));
    const dense = vectors && openDenseIndex(index, vectors);
    const lead = leads ? openLeadIndex(index, leads) : null;
    // What is all in memory now.
    for (const { close } of [...(leads ?? []), ...(dense?.reads ? [] : (vectors ?? []))]) close();
    if (!(leading ? lead : dense)) options.incomplete?.();
    const close = () => {
      if (dense?.reads) for (const each of vectors ?? []) each.close();
    };
    return { index, dense, lead, searcher: createSearcher(index, dense, lead), documents, close };
  }

  async function current(): Promise<Opened> {
    const revision = await store.revision();
    if (opened?.revision === revision) return opened.index;
    const before = opened?.index;
    const index = open();
    opened = { revision, index };
    index.catch(() => {
      if (opened?.index === index) opened = null;
    });
    // Whoever is still at it needs its files.
    before?.then(({ close }) => setTimeout(close, CLOSE_AFTER_MS).unref()).catch(() => undefined);
    return index;
  }

  /** By the model that leads; null when it is not to be had, which `report` is told. */
  async function leadVector(text: string, { lead, dense }: Opened, report: Report): Promise<Float32Array | null> {
    if (!leading) return null;
    const instead = dense ? "words and the shipped model" : "words alone";
    const name = leading.lead?.name ?? leading.id;
    if (!lead) {
      report(`The vectors of ${name} are not made yet; ${instead} found this.`);
      return null;
    }
    if (performance.now() >= restUntil) {
      try {
        const vector = await leading.embedQuestion(text);
        if (vector.length === lead.dimensions) return vector;
        resting = `it gives ${vector.length} dimensions, and the index has ${lead.dimensions}`;
      } catch (error) {
        resting = error instanceof Error ? error.message : String(error);
      }
      restUntil = performance.now() + REST_MS;
    }
    report(`The embedding model ${name} cannot be used, so ${instead} found this.`, resting);
    return null;
  }

  async function shippedVector(text: string, dense: DenseIndex | null, report: Report): Promise<Float32Array | null> {
    if (!dense) return null;
    return shipped.embedQuestion(text).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      report("The shipped embedding model does not run here, so it was left out.", reason);
      return null;
    });
  }

  return {
    passages: (ids) => store.passages(ids),
    documentPassages: (id) => store.documentPassages(id),

    async find(text, limit, report = options.report ?? (() => undefined)) {
      const now = await current();
      const lead = await leadVector(text, now, report);
      const own = lead ? null : await shippedVector(text, now.dense, report);
      const found = now.searcher.search(text, limit, { shipped: own, lead });
      const ids = found.hits.map(({ passage }) => now.index.idOf(passage));
      const byId = new Map((await store.passages(ids)).map((passage) => [passage.id, passage]));
      // A passage may have gone since the index was read: its hit goes with it, and scores stay with their own.
      const there = found.hits.flatMap((hit, at) => {
        const passage = byId.get(ids[at] ?? "");
        return passage ? [{ hit, passage }] : [];
      });
      return {
        ...found,
        hits: there.map(({ hit }) => hit),
        passages: there.map(({ passage }) => passage),
        documents: now.documents,
        numberOf: now.index.numberOf,
        knows: (stem) => now.index.term(stem) !== undefined,
      };
    },

    async leadOfSentences(lead, passages) {
      if (!leading?.lead) return null;
      const missing = passages.filter(({ text }) => !sentences.has(text));
      try {
        const texts = missing.map(({ text, sentences: own }) => own.map(({ start, end }) => text.slice(start, end)));
        const made = missing.length > 0 ? await leading.lead.embedTexts(texts.flat()) : [];
        let at = 0;
        for (const [number, { text }] of missing.entries()) {
          const count = texts[number]?.length ?? 0;
          sentences.set(text, made.slice(at, at + count));
          at += count;
        }
      } catch {
        // The passages are found; which of their sentences is quoted is then for the words to say.
        return null;
      }
      const cosines = passages.map(({ text }) => (sentences.get(text) ?? []).map(lead));
      while (sentences.size > KEPT) sentences.delete(sentences.keys().next().value ?? "");
      return cosines;
    },
  };
}

type Vectors = OpenedVectors & { close: () => void };

/** Of every document, all of one length; null when one lacks some. */
async function openAllVectors(
  store: PersonaStore,
  index: LexicalIndex,
  documents: ReadonlyMap<string, StoredDocument>,
  embedder: Embedder,
): Promise<Vectors[] | null> {
  const all: Vectors[] = [];
  for (const { id, passages } of index.documents) {
    const vectors = await openVectors(store, id, documents.get(id)?.digest ?? null, embedder);
    if (vectors) all.push(vectors);
    if (vectors?.count === passages && vectors.dimensions === all[0]?.dimensions) continue;
    for (const { close } of all) close();
    return null;
  }
  return all;
}
