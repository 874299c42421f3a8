import { BM25_MOST, type LexicalIndex } from "./lexical-index.ts";
import type { Query } from "./query.ts";

/** BM25 of every passage on an absolute scale: 1 would be every word of the query, as often as can be. */
export function scoreBm25(index: LexicalIndex, query: Query): Float32Array {
  const scores = new Float32Array(index.passages);
  const whole = query.weight * BM25_MOST;
  for (const { term, weight } of query.terms) {
    if (term === undefined) continue;
    const { passages, counts } = index.postings(term);
    for (let at = 0; at < passages.length; at++) {
      const passage = passages[at] ?? 0;
      scores[passage] = (scores[passage] ?? 0) + (weight * index.weight(counts[at] ?? 0, passage)) / whole;
    }
  }
  return scores;
}
