import { contentTokens } from "../text/tokenise.ts";
import { loadWordVectors, rarity } from "../words/word-vectors.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import type { WordWeights } from "./word-weights.ts";

export type QueryTerm = {
  /** As the question has it. */
  word: string;
  stem: string;
  /** Its number in the index; undefined when no passage has it. */
  term: number | undefined;
  /** How much it says, by corpus and language (word-weights.ts). */
  weight: number;
  /** How much it says, 0 to 1, by English as a whole: holds for a corpus of one passage too. */
  rarity: number;
};

export type Query = {
  text: string;
  /** Each stem once, in the order of the question. */
  terms: QueryTerm[];
  /** The sum of all weights; never 0. */
  weight: number;
};

export function readQuery(index: LexicalIndex, weights: WordWeights, text: string): Query {
  const vectors = loadWordVectors();
  const terms = new Map<string, QueryTerm>();
  for (const { word, stem } of contentTokens(text)) {
    if (terms.has(stem)) continue;
    const term = index.term(stem);
    terms.set(stem, { word, stem, term, weight: weights.weight(term, word), rarity: rarity(vectors, word) });
  }
  const list = [...terms.values()];
  return { text, terms: list, weight: list.reduce((sum, { weight }) => sum + weight, 0) || 1 };
}
