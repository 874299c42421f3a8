import type { SentenceFeatures } from "./candidates.ts";

/**
 * Numbers that were fitted, and on what. All on half A of SQuAD 2.0's development set (eight articles, 1,515 questions
 * with an answer, 1,554 without, and the former again with their article taken away), cross-validated by article:
 * docs/personas-retrieval.md. Every feature is on a scale that does not depend on the corpus.
 */
type Weights<Feature extends string> = Readonly<Partial<Record<Feature, number>>>;

export type GateFeature =
  | "around"
  | "like"
  | "passageLike"
  | "cosine"
  | "meaning"
  | "missed"
  | "kindMissed"
  | "factMissed"
  | "names"
  | "namesUnknown"
  | "namesBest"
  | "bm25"
  | "soft"
  | "deniesAlone";

type Model = {
  /** Which sentence answers: for their order alone. */
  sentence: Weights<keyof SentenceFeatures>;
  /** Whether the corpus answers at all: logistic regression. */
  gate: { weights: Weights<GateFeature>; bias: number };
};

export const WITH_VECTORS: Model = {
  sentence: { exact: 3.77, around: 3.89, like: 1.42, cosine: 4.67, rank: 2.45, kind: 1.95 },
  gate: {
    weights: {
      around: 3.45,
      like: 1.99,
      passageLike: 1.06,
      cosine: 2.05,
      meaning: 1.19,
      missed: 1.38,
      kindMissed: -0.57,
      factMissed: -0.06,
      names: 1.18,
      namesUnknown: 0.67,
      namesBest: 1.51,
      deniesAlone: -2.38,
    },
    bias: -8.86,
  },
};

export const WITHOUT_VECTORS: Model = {
  sentence: { exact: 4.47, around: 3.94, like: 2.19, rank: 2.6, kind: 1.99 },
  gate: {
    weights: {
      around: 3.36,
      like: 2.32,
      passageLike: 1.39,
      missed: 1.95,
      kindMissed: -0.46,
      factMissed: -0.19,
      names: 1.09,
      namesUnknown: 0.59,
      namesBest: 1.48,
      bm25: 1.21,
      soft: 1.69,
      deniesAlone: -2.22,
    },
    bias: -9.06,
  },
};

/**
 * What a model that leads adds to what the words say, by embedders of graded strength that were simulated on that set.
 * `most` bounds the say of the words.
 */
export const LEAD = { sentence: 1.2, most: 6, gate: { nearest: 1.8, bias: -6.2 } };

/** From here on the corpus is taken to answer. Nine in ten that it does are; nineteen in twenty that it does not are not. */
export const COVERED = 0.38;

export function weigh<Feature extends string>(
  weights: Weights<Feature>,
  features: Readonly<Record<Feature, number>>,
): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(weights) as [Feature, number][]) sum += weight * features[name];
  return sum;
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
