/** What is known of a passage for a query; every number is from 0 to about 1, whatever the corpus. */
export type Features = {
  bm25: number;
  /** The best sentence's share of the query's words. */
  coverage: number;
  proximity: number;
  /** BM25 with words of similar meaning. */
  soft: number;
  /** The best sentence's likeness, word by word. */
  likeness: number;
  /** Cosine with the best sentence. */
  sentence: number;
  /** Cosine with the whole passage. */
  passage: number;
  /** By the model that leads: standard deviations above the middle of all passages; 0 without one. */
  lead: number;
};

/** What was compared beside words: meaning by the shipped model, and by one that leads. */
export type Compared = { dense: boolean; lead: boolean };

type Model = {
  /** For the order of the passages. */
  rank: Readonly<Partial<Record<keyof Features, number>>>;
  /** From rank to how likely the passage is relevant: logistic regression. */
  score: { rank: number; behind: number; margin: number; bias: number };
};

// Fitted on half A of SQuAD 2.0's development set, cross-validated by article: docs/personas-retrieval.md.
const WITHOUT_VECTORS: Model = {
  rank: { bm25: 8.02, coverage: 1.19, proximity: 4.98, soft: 12.42, likeness: 5.26 },
  score: { rank: 0.341, behind: -0.344, margin: 1.303, bias: -6.919 },
};
const WITH_VECTORS: Model = {
  rank: { coverage: 2.81, proximity: 5.05, soft: 10.91, likeness: 4.49, sentence: 8.25, passage: 5.45 },
  score: { rank: 0.344, behind: -0.45, margin: 1.231, bias: -7.848 },
};
// The weight of the lead is by embedders of graded strength that were simulated on that set: of two weak ones none falls
// below BM25, and the stronger it is the nearer the order is its own.
const WITH_LEAD: Model = {
  rank: { ...WITHOUT_VECTORS.rank, lead: 4 },
  score: { rank: 0.178, behind: -0.579, margin: 1.056, bias: -6.444 },
};
const modelOf = ({ dense, lead }: Compared) => (lead ? WITH_LEAD : dense ? WITH_VECTORS : WITHOUT_VECTORS);

/** A lead of more says nothing more. */
const MOST_MARGIN = 3;

/** Higher is better. */
export function rankOf(features: Features, compared: Compared): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(modelOf(compared).rank)) sum += weight * features[name as keyof Features];
  return sum;
}

/**
 * How likely each of these hits, best first, is relevant, 0 to 1: by its own rank, by how far it is behind the best, and
 * the best by its lead. Many passages may be of a topic, and none of them the one: there that they are of it counts. None
 * is below one that follows.
 */
export function scoreHits(hits: readonly { rank: number; topic: number }[], compared: Compared): number[] {
  const { rank, behind, margin, bias } = modelOf(compared).score;
  const best = hits[0]?.rank ?? 0;
  const lead = Math.min(MOST_MARGIN, best - (hits[1]?.rank ?? 0));
  const scores = hits.map((hit, at) => {
    const logit = bias + rank * hit.rank + behind * (best - hit.rank) + (at === 0 ? margin * lead : 0);
    return Math.max(hit.topic, 1 / (1 + Math.exp(-logit)));
  });
  for (let at = scores.length - 2; at >= 0; at--) scores[at] = Math.max(scores[at] ?? 0, scores[at + 1] ?? 0);
  return scores;
}
