import type { SimilarWords } from "../words/similar-words.ts";
import { BM25_MOST, type LexicalIndex } from "./lexical-index.ts";
import type { Query } from "./query.ts";
import type { WordWeights } from "./word-weights.ts";

const SIMILAR = 0.5;
const NEIGHBOURS = 40;

/** BM25 in which a word of similar meaning counts as the square of its similarity; every passage, 0 to 1. */
export function scoreSoft(
  index: LexicalIndex,
  similar: SimilarWords,
  weights: WordWeights,
  query: Query,
): Float32Array {
  const scores = new Float32Array(index.passages);
  const best = new Float32Array(index.passages);
  const whole = query.weight * BM25_MOST;
  for (const { word, term, weight: own } of query.terms) {
    const touched: number[] = [];
    for (const [neighbour, weight] of neighbours(similar.similarities(word), term)) {
      const value = (weight * Math.min(own, weights.weightOf(neighbour))) / whole;
      const { passages, counts } = index.postings(neighbour);
      for (let at = 0; at < passages.length; at++) {
        const passage = passages[at] ?? 0;
        const gain = value * index.weight(counts[at] ?? 0, passage);
        const before = best[passage] ?? 0;
        if (gain <= before) continue;
        if (before === 0) touched.push(passage);
        best[passage] = gain;
      }
    }
    for (const passage of touched) {
      scores[passage] = (scores[passage] ?? 0) + (best[passage] ?? 0);
      best[passage] = 0;
    }
  }
  return scores;
}

/** The word itself with weight 1, and what is similar with less. */
function neighbours(similarities: Float32Array | null, term: number | undefined): [term: number, weight: number][] {
  const near: [number, number][] = [];
  for (let other = 0; similarities && other < similarities.length; other++) {
    const similarity = similarities[other] ?? 0;
    if (similarity >= SIMILAR && other !== term) near.push([other, similarity * similarity]);
  }
  near.sort((a, b) => b[1] - a[1]);
  if (term !== undefined) near.unshift([term, 1]);
  return near.slice(0, NEIGHBOURS);
}

/**
 * For the best sentence of a passage: how much of each word of the query is met by its most similar word there, weighed
 * by how much the word says in English as a whole, 0 to 1.
 */
export function bestSentenceLikeness(
  index: LexicalIndex,
  similar: SimilarWords,
  query: Query,
  passage: number,
): number {
  const wanted = query.terms.map(({ word, term, rarity }) => ({
    similarities: similar.similarities(word),
    term,
    weight: rarity * rarity,
  }));
  const whole = wanted.reduce((sum, { weight }) => sum + weight, 0);
  if (whole === 0) return 0;
  let best = 0;
  const [first, end] = index.sentencesOf(passage);
  for (let sentence = first; sentence < end; sentence++) {
    const terms = index.termsOf(sentence);
    let sum = 0;
    for (const { similarities, term: own, weight } of wanted) {
      let nearest = 0;
      for (const term of terms) nearest = Math.max(nearest, term === own ? 1 : (similarities?.[term] ?? 0));
      sum += weight * nearest;
    }
    best = Math.max(best, sum);
  }
  return best / whole;
}
