import type { Passage, Sentence } from "../passages/passage.ts";
import type { FoundPassages } from "../retrieval/corpus.ts";
import type { Hit } from "../retrieval/search.ts";
import { contentTokens } from "../text/tokenise.ts";
import { hasKind } from "./kind-evidence.ts";
import type { Question } from "./question.ts";

/** What speaks for a sentence as the answer; every number is from 0 to about 1. */
export type SentenceFeatures = {
  exact: number;
  around: number;
  like: number;
  cosine: number;
  /** By the model that leads, on its scale; its passage's where its own is not known, 0 without such a model. */
  lead: number;
  /** Of its passage. */
  passageExact: number;
  passageLike: number;
  passageCosine: number;
  bm25: number;
  soft: number;
  /** 1 for the passage ranked first, 1/2 for the second, … */
  rank: number;
  /** 1 when it has what the question asks for: a number, a time, a name. */
  kind: number;
  /** The share of the question's names that its passage has; 1 where there are none. */
  names: number;
  /** The word of the question that its passage misses most. */
  missed: number;
};

export type Candidate = { passage: Passage; sentence: Sentence; hit: Hit; features: SentenceFeatures };

/**
 * Every sentence of these passages, with what speaks for it. `names` are the question's, without those that every
 * passage may be taken to have: the avatar's own, and the titles of the works. `leads` is what the model that leads says of
 * each sentence.
 */
export function listCandidates(
  question: Question,
  names: readonly string[],
  found: FoundPassages,
  passages: readonly Passage[],
  leads: readonly (readonly number[])[] | null,
): Candidate[] {
  return passages.flatMap((passage, place) => {
    const hit = found.hits.find((each) => each.passage === found.numberOf(passage.id)) ?? found.hits[0];
    const number = found.numberOf(passage.id);
    if (!hit || number === undefined) return [];
    const evidence = found.evidence(number);
    const stems = new Set(contentTokens(passage.text).map(({ stem }) => stem));
    const namesHere = names.length > 0 ? names.filter((name) => stems.has(name)).length / names.length : 1;
    return passage.sentences.map((sentence, at): Candidate => {
      const own = evidence.sentences[at] ?? { exact: 0, around: 0, like: 0, cosine: 0 };
      const around = passage.sentences.slice(Math.max(0, at - 1), at + 2);
      const stretch = passage.text.slice(around[0]?.start ?? 0, around.at(-1)?.end);
      return {
        passage,
        sentence,
        hit,
        features: {
          ...own,
          lead: leads?.[place]?.[at] ?? hit.features.lead,
          passageExact: evidence.exact,
          passageLike: evidence.like,
          passageCosine: hit.features.passage,
          bm25: hit.features.bm25,
          soft: hit.features.soft,
          rank: 1 / (place + 1),
          kind: hasKind(question.kind, passage.text.slice(sentence.start, sentence.end), question.text)
            ? 1
            : hasKind(question.kind, stretch, question.text)
              ? 0.5
              : 0,
          names: namesHere,
          missed: evidence.missed,
        },
      };
    });
  });
}
