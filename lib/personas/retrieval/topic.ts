import type { LexicalIndex } from "./lexical-index.ts";
import type { Query } from "./query.ts";
import { bestSentenceCoverage } from "./sentence-match.ts";

/** Words that ask and say nothing of what is asked for. */
const ASKING = new Set(
  "think thought opinion say said tell view speak spoke believe belief describe explain discuss regard idea mean know write wrote".split(
    " ",
  ),
);
/** Whoever asks so wants one thing. */
const ONE_THING = /\b(?:who|whom|whose|when|where|which|why|how)\b/i;
/** Whoever names no more than these asks for what speaks of them, and not for one fact. */
const MOST_WORDS = 2;

/**
 * The topic of a query that only names one, such as `monarchy` or `What do you think of the French Revolution?`; null for
 * all others.
 */
export function topicOf(query: Query): Query | null {
  const terms = query.terms.filter(({ word }) => !ASKING.has(word));
  if (terms.length === 0 || terms.length > MOST_WORDS || ONE_THING.test(query.text)) return null;
  return { ...query, terms, weight: terms.reduce((sum, { weight }) => sum + weight, 0) || 1 };
}

/**
 * How much a passage is of a topic, 0 to 1: about 0.7 where one of its sentences has all words, more where they come
 * again and again. `bm25` is the passage's for these words.
 */
export function topicality(index: LexicalIndex, topic: Query, passage: number, bm25: number): number {
  return 0.5 * bestSentenceCoverage(index, topic, passage) + 0.45 * Math.min(1, bm25);
}
