import { type Citation, cite } from "../grounding/cite.ts";
import type { FoundPassages } from "../retrieval/corpus.ts";
import type { StoredDocument } from "../store/store.ts";
import type { Candidate } from "./candidates.ts";
import { deniesAlone } from "./denial.ts";
import type { Question } from "./question.ts";
import { type GateFeature, LEAD, sigmoid, WITH_VECTORS, WITHOUT_VECTORS, weigh } from "./weights.ts";

const MOST_SENTENCES = 3;
/** How far behind the best sentence a further one may be. */
const BEHIND = 2.5;

/** The candidates by how well they answer, best first, each with its standing. */
export function rankCandidates(
  candidates: readonly Candidate[],
  compared: Pick<FoundPassages, "dense" | "lead">,
): (Candidate & { standing: number })[] {
  const { sentence } = modelOf(compared);
  return candidates
    .map((candidate) => ({
      ...candidate,
      standing: weigh(sentence, candidate.features) + LEAD.sentence * candidate.features.lead,
    }))
    .sort((a, b) => b.standing - a.standing);
}

/**
 * How likely it is that the corpus answers the question, 0 to 1, by the best sentence and the best passage. `names` are
 * the question's, `unknown` the share of them that the corpus does not have at all.
 */
export function coverageOf(
  question: Question,
  unknown: number,
  ranked: readonly Candidate[],
  { hits, dense, lead }: Pick<FoundPassages, "hits" | "dense" | "lead">,
): number {
  const [first] = ranked;
  if (!first) return 0;
  const { features: best, passage, sentence } = first;
  // Whoever asks of somebody or something that the corpus never names asks of something else.
  if (unknown >= 0.5 && !lead) return 0;
  const { weights, bias } = modelOf({ dense, lead }).gate;
  const highest = (pick: (candidate: Candidate) => number) =>
    ranked.reduce((most, each) => Math.max(most, pick(each)), 0);
  const features: Record<GateFeature, number> = {
    around: best.around,
    like: best.like,
    passageLike: best.passageLike,
    cosine: best.cosine,
    meaning: hits.reduce((most, hit) => Math.max(most, hit.features.passage), 0),
    missed: best.missed,
    kindMissed: 1 - best.kind,
    factMissed: question.kind === "open" ? 0 : best.missed,
    names: best.names,
    namesUnknown: unknown,
    namesBest: highest(({ features: { names } }) => names),
    bm25: hits.reduce((most, hit) => Math.max(most, hit.features.bm25), 0),
    soft: hits.reduce((most, hit) => Math.max(most, hit.features.soft), 0),
    deniesAlone: deniesAlone(question.text, passage.text.slice(sentence.start, sentence.end)) ? 1 : 0,
  };
  const words = bias + weigh(weights, features);
  if (!lead) return sigmoid(words);
  const nearest = hits.reduce((most, hit) => Math.max(most, hit.features.lead), 0);
  // A question in other words, or in another language, is no worse for sharing none at all.
  const bounded = Math.min(LEAD.most, Math.max(-LEAD.most, words));
  return sigmoid(LEAD.gate.bias + bounded + LEAD.gate.nearest * nearest);
}

/** With a model that leads, the shipped one has no say. */
const modelOf = ({ dense, lead }: Pick<FoundPassages, "dense" | "lead">) =>
  dense && !lead ? WITH_VECTORS : WITHOUT_VECTORS;

/** The sentences that answer best, verbatim, each cited; the best one first. */
export function extractAnswer(
  ranked: readonly (Candidate & { standing: number })[],
  documents: ReadonlyMap<string, StoredDocument>,
): Citation[] {
  const best = ranked[0]?.standing ?? 0;
  const chosen: Citation[] = [];
  for (const { passage, sentence, standing } of ranked) {
    if (chosen.length === MOST_SENTENCES || standing < best - BEHIND) break;
    const citation = cite(passage, documents.get(passage.documentId), sentence.start, sentence.end);
    // Works repeat themselves; an answer need not.
    if (!chosen.some(({ quote }) => quote === citation.quote)) chosen.push(citation);
  }
  return chosen;
}
