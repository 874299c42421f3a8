import type { SimilarWords } from "../words/similar-words.ts";
import type { DenseIndex } from "./dense-index.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import type { Query } from "./query.ts";

/** How far a sentence goes into the words of a question; shares are of the words' rarity in English, 0 to 1. */
export type SentenceEvidence = {
  /** Share of the words that it has. */
  exact: number;
  /** The same with the sentences before and after it. */
  around: number;
  /** With words of similar meaning counted by their similarity. */
  like: number;
  /** Cosine of meaning; 0 without vectors. */
  cosine: number;
};

export type PassageEvidence = {
  sentences: SentenceEvidence[];
  exact: number;
  like: number;
  /** The word that is missed most: its rarity, less what is similar to it here. */
  missed: number;
};

/** What a passage has of what is asked. Scales do not depend on the corpus, so they hold for one of two passages too. */
export function gatherEvidence(
  index: LexicalIndex,
  similar: SimilarWords,
  dense: DenseIndex | null,
  query: Query,
  question: Float32Array | null,
  passage: number,
): PassageEvidence {
  const wanted = query.terms.map(({ word, term, rarity }) => ({
    term,
    weight: rarity * rarity,
    similarities: similar.similarities(word),
  }));
  const whole = wanted.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const [first, end] = index.sentencesOf(passage);
  const cosines = question && dense ? dense.sentences(question, passage) : null;
  /** For each sentence, how well each word is met. */
  const met = Array.from({ length: end - first }, (_, at) => {
    const terms = index.termsOf(first + at);
    return wanted.map(({ term, similarities }) => {
      let best = 0;
      for (const other of terms) best = Math.max(best, other === term ? 1 : (similarities?.[other] ?? 0) * 0.999);
      return best;
    });
  });
  const share = (rows: readonly (readonly number[])[], exact: boolean) => {
    let sum = 0;
    for (const [word, { weight }] of wanted.entries()) {
      let best = 0;
      for (const row of rows) best = Math.max(best, row[word] ?? 0);
      sum += weight * (exact ? Math.floor(best) : best);
    }
    return sum / whole;
  };
  const missed = wanted.reduce((most, { weight }, word) => {
    const best = met.reduce((high, row) => Math.max(high, row[word] ?? 0), 0);
    return Math.max(most, weight * (1 - best));
  }, 0);
  return {
    sentences: met.map((row, at) => ({
      exact: share([row], true),
      around: share(met.slice(Math.max(0, at - 1), at + 2), true),
      like: share([row], false),
      cosine: cosines?.[at] ?? 0,
    })),
    exact: share(met, true),
    like: share(met, false),
    missed,
  };
}
