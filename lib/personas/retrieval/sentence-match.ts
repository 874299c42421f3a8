import type { LexicalIndex } from "./lexical-index.ts";
import type { Query } from "./query.ts";

/** Words of the query that stand this near to each other count as one expression. */
const NEAR = 8;

/** The share of the query's words, by weight, that the best sentence of a passage has, 0 to 1. */
export function bestSentenceCoverage(index: LexicalIndex, query: Query, passage: number): number {
  const wanted = new Map(
    query.terms.flatMap(({ term, weight }) => (term === undefined ? [] : [[term, weight] as const])),
  );
  let best = 0;
  const [first, end] = index.sentencesOf(passage);
  for (let sentence = first; sentence < end; sentence++) {
    let sum = 0;
    const seen = new Set<number>();
    for (const term of index.termsOf(sentence)) {
      const weight = wanted.get(term);
      if (weight === undefined || seen.has(term)) continue;
      seen.add(term);
      sum += weight;
    }
    best = Math.max(best, sum);
  }
  return best / query.weight;
}

/** How near neighbours in the query stand to each other in the passage, 0 to 1. */
export function proximity(index: LexicalIndex, query: Query, passage: number): number {
  const positions = new Map<number, number[]>(
    query.terms.flatMap(({ term }) => (term === undefined ? [] : [[term, []]])),
  );
  const [first, end] = index.sentencesOf(passage);
  let position = 0;
  for (let sentence = first; sentence < end; sentence++) {
    for (const term of index.termsOf(sentence)) {
      positions.get(term)?.push(position);
      position++;
    }
  }
  let sum = 0;
  for (const [at, one] of query.terms.entries()) {
    const next = query.terms[at + 1];
    if (!next || one.term === undefined || next.term === undefined) continue;
    const distance = leastDistance(positions.get(one.term) ?? [], positions.get(next.term) ?? []);
    if (distance <= NEAR) sum += Math.min(one.weight, next.weight) / (1 + Math.log(distance));
  }
  return sum / query.weight;
}

/** Both lists rise. */
function leastDistance(one: readonly number[], other: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let a = 0, b = 0; a < one.length && b < other.length; ) {
    const [x, y] = [one[a] ?? 0, other[b] ?? 0];
    least = Math.min(least, Math.abs(x - y));
    if (x < y) a++;
    else b++;
  }
  return Math.max(1, least);
}
