import { parsePassageId, passageId } from "../passages/passage.ts";
import { INDEX_FORMAT, type IndexMeta } from "./build-index.ts";
import { decodeSections } from "./sections-file.ts";

const K1 = 1.2;
const B = 0.75;
/** The most that a word can add to BM25, as a multiple of its idf. */
export const BM25_MOST = K1 + 1;

/** The index in memory. Passages and terms are numbers from 0 on. */
export type LexicalIndex = {
  readonly passages: number;
  readonly terms: number;
  /** The id of a passage by its number. */
  idOf: (passage: number) => string;
  /** The number of a passage by its id; undefined for one that is not in the index. */
  numberOf: (id: string) => number | undefined;
  /** The document a passage is of, counted as in `documents`. */
  documentOf: (passage: number) => number;
  readonly documents: IndexMeta["documents"];
  term: (stem: string) => number | undefined;
  /** The most frequent written form of each term. */
  readonly surfaces: readonly string[];
  /** Inverse document frequency; that of a stem that is in no passage for undefined. */
  idf: (term: number | undefined) => number;
  /** Where a term occurs: passage numbers, rising, and how often. */
  postings: (term: number) => { passages: Uint32Array; counts: Uint16Array };
  /** What `count` occurrences in this passage are worth, from 0 to BM25_MOST. */
  weight: (count: number, passage: number) => number;
  /** The sentences of a passage as numbers `[first, end)` over the whole corpus. */
  sentencesOf: (passage: number) => [first: number, end: number];
  /** The terms of a sentence in order. */
  termsOf: (sentence: number) => Uint32Array;
};

/** Null when it was made by another version; throws SyntaxError or RangeError for damaged bytes. */
export function openLexicalIndex(bytes: Uint8Array): LexicalIndex | null {
  const sections = decodeSections<IndexMeta>(bytes, INDEX_FORMAT);
  if (!sections) return null;
  const lines = (name: string) => {
    const text = new TextDecoder().decode(sections.get(name, "Uint8Array"));
    return text === "" ? [] : text.split("\n");
  };
  const terms = new Map(lines("stems").map((stem, id) => [stem, id]));
  const starts = sections.get("starts", "Uint32Array");
  const inPassages = sections.get("inPassages", "Uint32Array");
  const howOften = sections.get("howOften", "Uint16Array");
  const lengths = sections.get("lengths", "Uint32Array");
  const passageSentences = sections.get("passageSentences", "Uint32Array");
  const sentenceTokens = sections.get("sentenceTokens", "Uint32Array");
  const tokens = sections.get("tokens", "Uint32Array");
  const { documents, averageLength } = sections.meta;
  const firsts = documents.map((_, at) => documents.slice(0, at).reduce((sum, { passages }) => sum + passages, 0));
  const count = lengths.length;

  const documentOf = (passage: number) => {
    let at = firsts.length - 1;
    while (at > 0 && (firsts[at] ?? 0) > passage) at--;
    return at;
  };
  return {
    passages: count,
    terms: terms.size,
    documents,
    documentOf,
    idOf(passage) {
      const at = documentOf(passage);
      return passageId(documents[at]?.id ?? "", passage - (firsts[at] ?? 0));
    },
    numberOf(id) {
      const parsed = parsePassageId(id);
      const at = documents.findIndex((document) => document.id === parsed?.documentId);
      if (!parsed || at < 0 || parsed.position >= (documents[at]?.passages ?? 0)) return undefined;
      return (firsts[at] ?? 0) + parsed.position;
    },
    term: (stem) => terms.get(stem),
    surfaces: lines("surfaces"),
    idf(term) {
      const found = term === undefined ? 0 : (starts[term + 1] ?? 0) - (starts[term] ?? 0);
      return Math.log(1 + (count - found + 0.5) / (found + 0.5));
    },
    postings(term) {
      const [from, to] = [starts[term] ?? 0, starts[term + 1] ?? 0];
      return { passages: inPassages.subarray(from, to), counts: howOften.subarray(from, to) };
    },
    weight(occurrences, passage) {
      const length = (lengths[passage] ?? 0) / averageLength;
      return (occurrences * (K1 + 1)) / (occurrences + K1 * (1 - B + B * length));
    },
    sentencesOf: (passage) => [passageSentences[passage] ?? 0, passageSentences[passage + 1] ?? 0],
    termsOf: (sentence) => tokens.subarray(sentenceTokens[sentence] ?? 0, sentenceTokens[sentence + 1] ?? 0),
  };
}
