import type { DocumentVectors } from "../embedding/document-vectors.ts";
import { readVectors } from "../embedding/embed-corpus.ts";
import type { Embedder } from "../embedding/embedder.ts";
import type { Passage } from "../passages/passage.ts";
import { PersonaError } from "../problem.ts";
import type { PersonaStore, StoredDocument } from "../store/store.ts";
import { type DenseIndex, openDenseIndex } from "./dense-index.ts";
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

export type Corpus = {
  /** Best first. Throws PersonaError when there is no index. */
  find: (text: string, limit: number) => Promise<FoundPassages>;
  passages: (ids: readonly string[]) => Promise<Passage[]>;
  documentPassages: (id: string) => Promise<Passage[]>;
};

type Opened = {
  revision: string;
  index: LexicalIndex;
  dense: DenseIndex | null;
  searcher: Searcher;
  documents: Map<string, StoredDocument>;
};

export type CorpusOptions = {
  /** Called once when the corpus was never processed; the question waits for it. */
  prepare?: (() => Promise<unknown>) | undefined;
  /** Hears of what went wrong without keeping a question from being answered. */
  report?: ((sentence: string) => void) | undefined;
};

/**
 * A corpus to search. The index is read with the first question, and again after the corpus changed; texts stay in the
 * store. Without vectors of this embedder for every document, words alone are compared.
 */
export function openCorpus(
  store: PersonaStore,
  avatar: string,
  embedder: Embedder,
  options: CorpusOptions = {},
): Corpus {
  let opened: Promise<Opened> | null = null;
  let prepared: Promise<unknown> | null = null;

  async function open(revision: string): Promise<Opened> {
    const index = await openIndex(store, avatar).catch(async (error: unknown) => {
      if (!options.prepare || !(error instanceof PersonaError) || error.code !== "not_processed") throw error;
      prepared ??= options.prepare();
      await prepared;
      return openIndex(store, avatar);
    });
    const documents = new Map((await store.documents()).map((document) => [document.id, document]));
    const vectors = await readAllVectors(store, index, documents, embedder.id);
    const dense = vectors && openDenseIndex(index, vectors);
    return { revision, index, dense, searcher: createSearcher(index, dense), documents };
  }

  async function current(): Promise<Opened> {
    const revision = await store.revision();
    const now = await opened?.catch(() => null);
    if (now?.revision === revision) return now;
    opened = open(revision);
    return opened;
  }

  return {
    passages: (ids) => store.passages(ids),
    documentPassages: (id) => store.documentPassages(id),
    async find(text, limit) {
      const { searcher, index, dense, documents } = await current();
      const vector = dense ? await embedder.embedQuestion(text).catch((error: unknown) => unreachable(error)) : null;
      const found = searcher.search(text, limit, vector);
      const ids = found.hits.map(({ passage }) => index.idOf(passage));
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
        documents,
        numberOf: index.numberOf,
        knows: (stem) => index.term(stem) !== undefined,
      };
    },
  };

  function unreachable(error: unknown): null {
    const reason = error instanceof Error ? error.message : String(error);
    options.report?.(`The embedding model cannot be reached, so words alone are compared: ${reason}`);
    return null;
  }
}

async function readAllVectors(
  store: PersonaStore,
  index: LexicalIndex,
  documents: ReadonlyMap<string, StoredDocument>,
  embedder: string,
): Promise<DocumentVectors[] | null> {
  const all: DocumentVectors[] = [];
  for (const { id, passages } of index.documents) {
    const vectors = await readVectors(store, id, documents.get(id)?.digest ?? null, embedder);
    if (vectors?.passages.scales.length !== passages) return null;
    all.push(vectors);
  }
  return all;
}
