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
      const compared = { dense: question !== null, lead: lead !== null };
      const topic = topicOf(query);
      const ofTopic = topic && scoreBm25(index, topic);
      const hits = [...candidates].map((passage): Hit => {
        const features: Features = {
          bm25: bm25[passage] ?? 0,
          coverage: bestSentenceCoverage(index, query, passage),
          proximity: proximity(index, query, passage),
          soft: soft[passage] ?? 0,
          likeness: bestSentenceLikeness(index, similar, query, passage),
          sentence: best?.[passage] ?? 0,
          passage: whole?.[passage] ?? 0,
          lead: lead?.passages[passage] ?? 0,
        };
        return {
          passage,
          rank: rankOf(features, compared),
          features,
          topic: topic && ofTopic ? topicality(index, topic, passage, ofTopic[passage] ?? 0) : 0,
        };
      });
      if (question && dense && !best && !lead) {
        readSentences(hits, limit, (passage) => Math.max(0, ...dense.sentences(question, passage)));
      }
      return {
        query,
        hits: hits.sort(byRank).slice(0, limit),
        evidence: (passage) => gatherEvidence(index, similar, dense, query, question, passage),
        dense: question !== null,
        lead: lead?.cosine ?? null,
      };
    },
  };
}

const byRank = (a: Hit, b: Hit) => b.rank - a.rank || a.passage - b.passage;
/** No sentence is nearer to a question than this, the rare one apart that is the question itself. */
const NEAREST = 0.85;

/**
 * Adds what the best sentence of each hit says, of as many as can still come to be among the first `limit`: sentences are
 * read from a file.
 */
function readSentences(hits: Hit[], limit: number, cosineOf: (passage: number) => number): void {
  const worth = (sentence: number) => rankOf({ ...NOTHING, sentence }, { dense: true, lead: false });
  const best: number[] = [];
  for (const hit of hits.sort(byRank)) {
    if (best.length === limit && hit.rank + worth(NEAREST) < (best.at(-1) ?? 0)) break;
    hit.features.sentence = cosineOf(hit.passage);
    hit.rank += worth(hit.features.sentence);
    best.push(hit.rank);
    best.sort((a, b) => b - a).splice(limit);
  }
}

const NOTHING: Features = {
  bm25: 0,
  coverage: 0,
  proximity: 0,
  soft: 0,
  likeness: 0,
  sentence: 0,
  passage: 0,
  lead: 0,
};
