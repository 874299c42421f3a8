import type { LexicalIndex } from "../retrieval/lexical-index.ts";
import { loadWordVectors } from "./word-vectors.ts";

/** Words asked for lately whose similarities are kept: a question is often followed by one of the same matter. */
const KEPT = 24;

/** Tells how near in meaning the words of a corpus are to a word of a question. */
export type SimilarWords = {
  /** Cosine of the word with every term of the index, 0 where a vector is missing; null for a word without a vector. */
  similarities: (word: string) => Float32Array | null;
};

export function createSimilarWords(index: LexicalIndex): SimilarWords {
  const { rank, vectors, scales } = loadWordVectors();
  /** The vector of each term; -1 for none. */
  const rows = Int32Array.from(index.surfaces, (surface) => rank(surface) ?? -1);
  const kept = new Map<string, Float32Array>();

  function compute(row: number): Float32Array {
    const own = scales[row] ?? 0;
    const wanted = Float32Array.from(vectors.row(row), (byte) => byte * own);
    const products = vectors.products(wanted);
    const similarities = new Float32Array(index.terms);
    for (let term = 0; term < rows.length; term++) {
      const other = rows[term] as number;
      if (other >= 0) similarities[term] = Math.max(0, (products[other] as number) * (scales[other] as number));
    }
    return similarities;
  }

  return {
    similarities(word) {
      const row = rank(word);
      if (row === undefined) return null;
      let found = kept.get(word);
      kept.delete(word);
      found ??= compute(row);
      kept.set(word, found);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? "");
      return found;
    },
  };
}
