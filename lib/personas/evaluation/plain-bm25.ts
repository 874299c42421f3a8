import type { LexicalIndex } from "../retrieval/lexical-index.ts";
import { contentTokens } from "../text/tokenise.ts";

/** Plain BM25 (k1 1.2, b .75, Porter, stop words), to compare with: the rank of each wanted passage, from 1 on. */
export function bm25Ranks(index: LexicalIndex, text: string, wanted: readonly number[]): (number | null)[] {
  const scores = new Float32Array(index.passages);
  for (const stem of new Set(contentTokens(text).map((token) => token.stem))) {
    const term = index.term(stem);
    if (term === undefined) continue;
    const { passages, counts } = index.postings(term);
    for (let at = 0; at < passages.length; at++) {
      const passage = passages[at] as number;
      scores[passage] = (scores[passage] as number) + index.idf(term) * index.weight(counts[at] as number, passage);
    }
  }
  return wanted.map((passage) => {
    const own = scores[passage] ?? 0;
    if (own === 0) return null;
    let rank = 1;
    for (let other = 0; other < scores.length; other++) {
      const score = scores[other] as number;
      if (score > own || (score === own && other < passage)) rank++;
    }
    return rank;
  });
}
