import { loadWordVectors, rarity } from "../words/word-vectors.ts";
import type { LexicalIndex } from "./lexical-index.ts";

/** So many passages of English in general stand beside the corpus's own: two passages cannot tell rare from common. */
const PRIOR = 30;
/** The weight of the rarest words in general, on the scale of idf. */
const RAREST = 7;

/** How much a word of a question says. */
export type WordWeights = {
  /** By corpus and by English in general, on the scale of idf: near 0 for the commonest, about 7 for the rarest. */
  weight: (term: number | undefined, word: string) => number;
  /** The same for a term of the index. */
  weightOf: (term: number) => number;
};

export function createWordWeights(index: LexicalIndex): WordWeights {
  const vectors = loadWordVectors();
  const known = new Float32Array(index.terms);
  const weigh = (term: number | undefined, word: string) => {
    const general = RAREST * rarity(vectors, word) ** 2;
    return (index.passages * index.idf(term) + PRIOR * general) / (index.passages + PRIOR);
  };
  return {
    weight: weigh,
    weightOf(term) {
      known[term] ||= weigh(term, index.surfaces[term] ?? "");
      return known[term];
    },
  };
}
