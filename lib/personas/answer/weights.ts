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
  | "soft";

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
      around: 2.96,
      like: 3.2,
      passageLike: 2.96,
      cosine: 2.32,
      meaning: 0.87,
      missed: 2.36,
      kindMissed: -0.7,
      factMissed: -0.14,
      names: 0.98,
      namesUnknown: 1.64,
      namesBest: 2.24,
    },
    bias: -11.98,
  },
};

export const WITHOUT_VECTORS: Model = {
  sentence: { exact: 4.47, around: 3.94, like: 2.19, rank: 2.6, kind: 1.99 },
  gate: {
    weights: {
      around: 3.09,
      like: 3.78,
      passageLike: 4.77,
      missed: 3.77,
      kindMissed: -0.56,
      factMissed: -0.37,
      names: 0.95,
      namesUnknown: 1.72,
      namesBest: 2.29,
      bm25: -1.43,
      soft: 4.02,
    },
    bias: -14.19,
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
