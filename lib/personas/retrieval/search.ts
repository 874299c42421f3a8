import { createSimilarWords } from "../words/similar-words.ts";
import { scoreBm25 } from "./bm25.ts";
import type { DenseIndex } from "./dense-index.ts";
import { gatherEvidence, type PassageEvidence } from "./evidence.ts";
import type { LeadIndex } from "./lead-index.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import { type Query, readQuery } from "./query.ts";
import { type Features, rankOf } from "./rank.ts";
import { bestSentenceCoverage, proximity } from "./sentence-match.ts";
import { bestSentenceLikeness, scoreSoft } from "./soft-match.ts";
import { topOf } from "./top.ts";
import { topicality, topicOf } from "./topic.ts";
import { createWordWeights } from "./word-weights.ts";

/** Passages that each way of looking puts forward. */
const CANDIDATES = 100;

export type Hit = {
  passage: number;
  rank: number;
  features: Features;
  /** How much it is of the topic, for a query that only names one; else 0. */
  topic: number;
};
export type Found = {
  query: Query;
  hits: Hit[];
  /** What a passage has of what is asked. */
  evidence: (passage: number) => PassageEvidence;
  /** Whether meaning was compared by the shipped model, beside words. */
  dense: boolean;
  /** Brings the cosine of the question with another text to the scale of `lead`; null where no other model leads. */
  lead: ((vector: Float32Array) => number) | null;
};

/** A question's vectors, of the models whose vectors the index has. */
export type QuestionVectors = { shipped: Float32Array | null; lead: Float32Array | null };

export type Searcher = {
  /** Best first. */
  search: (text: string, limit: number, vectors?: QuestionVectors) => Found;
};

const WORDS_ALONE: QuestionVectors = { shipped: null, lead: null };

export function createSearcher(index: LexicalIndex, dense: DenseIndex | null, leading: LeadIndex | null): Searcher {
  const similar = createSimilarWords(index);
  const weights = createWordWeights(index);
  return {
    search(text, limit, vectors = WORDS_ALONE) {
      const query = readQuery(index, weights, text);
      const question = dense && vectors.shipped ? dense.prepare(vectors.shipped) : null;
      const lead = leading && vectors.lead ? leading.score(vectors.lead) : null;
      const bm25 = scoreBm25(index, query);
      const soft = scoreSoft(index, similar, weights, query);
      const whole = dense && question ? dense.passages(question) : null;
      const candidates = new Set([...topOf(bm25, CANDIDATES), ...topOf(soft, CANDIDATES)]);
      if (whole) for (const passage of topOf(whole, CANDIDATES)) candidates.add(passage);
      if (lead) for (const passage of topOf(lead.passages, CANDIDATES)) candidates.add(passage);
      const best = (question && dense?.bestSentences?.(question)) ?? null;
      if (best) for (const passage of topOf(best, CANDIDATES)) candidates.add(passage);
      const sentence = (passage: number) => {
        if (best) return best[passage] ?? 0;
        const cosines = question && dense ? dense.sentences(question, passage) : [];
        return cosines.length > 0 ? Math.max(...cosines) : 0;
      };
      const topic = topicOf(query);
      const ofTopic = topic && scoreBm25(index, topic);
      const hits = [...candidates].map((passage): Hit => {
        const features: Features = {
          bm25: bm25[passage] ?? 0,
          coverage: bestSentenceCoverage(index, query, passage),
          proximity: proximity(index, query, passage),
          soft: soft[passage] ?? 0,
          likeness: bestSentenceLikeness(index, similar, query, passage),
          sentence: sentence(passage),
          passage: whole?.[passage] ?? 0,
          lead: lead?.passages[passage] ?? 0,
        };
        return {
          passage,
          rank: rankOf(features, { dense: question !== null, lead: lead !== null }),
          features,
          topic: topic && ofTopic ? topicality(index, topic, passage, ofTopic[passage] ?? 0) : 0,
        };
      });
      return {
        query,
        hits: hits.sort((a, b) => b.rank - a.rank || a.passage - b.passage).slice(0, limit),
        evidence: (passage) => gatherEvidence(index, similar, dense, query, question, passage),
        dense: question !== null,
        lead: lead?.cosine ?? null,
      };
    },
  };
}
