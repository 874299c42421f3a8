import { type AvatarConfig, lastYear } from "../avatar/config.ts";
import type { Citation } from "../grounding/cite.ts";
import { isTrue, readGiven } from "../grounding/given-passages.ts";
import type { Passage } from "../passages/passage.ts";
import type { Corpus, FoundPassages, Report } from "../retrieval/corpus.ts";
import { stem } from "../text/stem.ts";
import { contentTokens } from "../text/tokenise.ts";
import { listCandidates } from "./candidates.ts";
import { coverageOf, extractAnswer, rankCandidates } from "./extract.ts";
import { phraseQuotes, phraseRefusal, type RefusalReason } from "./phrase.ts";
import { type Question, readQuestion, type Turn } from "./question.ts";
import { COVERED } from "./weights.ts";
import { writeAnswer } from "./write-answer.ts";
import type { Writer } from "./writer.ts";

export type Answer = {
  response: string;
  citations: Citation[];
  confidence: "high" | "medium" | "low";
  /** Why there is no answer; absent when there is one. */
  refusal?: RefusalReason;
};

export type AskOptions = {
  /** The conversation before the question. */
  context?: readonly Turn[];
  /**
   * What a caller found before: those that the corpus has are what the answer is made from, all others are left aside,
   * for nobody knows who wrote them.
   */
  passages?: readonly unknown[];
  /** Hears of what went wrong without keeping the question from being answered. */
  report?: Report | undefined;
};

const PASSAGES = 5;
/** A model reads more than is quoted: what answers a question in other words is often further down. */
const PASSAGES_TO_WRITE_FROM = 15;
/** Below, a model is not asked: the corpus speaks of something else. */
const WORTH_ASKING = 0.08;
const MOST_GIVEN = 20;
const HIGH = 0.75;
const MEDIUM = 0.5;

export type Answering = {
  config: AvatarConfig;
  corpus: Corpus;
  /** Writes the answer; without one it is made of quotes. */
  writer?: Writer | null | undefined;
  report?: Report | undefined;
};

/** Answers from the corpus alone, or says why there is no answer. Throws PersonaError when the corpus cannot be read. */
export async function answerQuestion(
  { config, corpus, writer, report = () => undefined }: Answering,
  given: string,
  { context = [], passages: handed = [] }: AskOptions = {},
): Promise<Answer> {
  const question = readQuestion(given, context);
  const last = lastYear(config);
  const refuse = (refusal: RefusalReason): Answer => ({
    response: phraseRefusal(config, refusal, last),
    citations: [],
    confidence: "low",
    refusal,
  });
  const found = await corpus.find(question.search, writer ? PASSAGES_TO_WRITE_FROM : PASSAGES, report);
  if (found.query.terms.length === 0) return refuse("no_question");
  if (last !== null && question.years.some((year) => year > last && !found.knows(stem(String(year))))) {
    return refuse("out_of_time");
  }
  const own = await ownPassages(corpus, handed);
  const names = namesOf(question, config, found);
  const unknown = names.filter((name) => !found.knows(name)).length / Math.max(1, names.length);
  const passages = own.length > 0 ? own : found.passages;
  const read = passages.slice(0, PASSAGES);
  const leads = found.lead && (await corpus.leadOfSentences(found.lead, read));
  const candidates = listCandidates(question, names, found, read, leads);
  const ranked = rankCandidates(candidates, found);
  const coverage = coverageOf(question, unknown, ranked, found);
  if (writer && coverage >= WORTH_ASKING) {
    const written = await writeAnswer(writer, question, context, passages, found, { config, corpus, report });
    if (written) {
      const { response, citations, kept, made } = written;
      return { response, citations, confidence: confidenceOf(coverage, kept / made) };
    }
  }
  if (coverage < COVERED) return refuse("not_covered");
  const citations = extractAnswer(ranked, found.documents);
  return { response: phraseQuotes(config, citations), citations, confidence: confidenceOf(coverage, 1) };
}

/** `kept` is the share of what was written that the corpus bore out. */
function confidenceOf(coverage: number, kept: number): Answer["confidence"] {
  if (coverage >= HIGH && kept >= 0.9) return "high";
  return coverage >= MEDIUM && kept >= 0.6 ? "medium" : "low";
}

/** Names that tell which passage is meant: neither the avatar's own nor those in the titles of the works. */
function namesOf(question: Question, config: AvatarConfig, found: FoundPassages): string[] {
  const titles = [...found.documents.values()].map(({ title }) => title);
  const everywhere = new Set(contentTokens([config.name, ...titles].join(" ")).map((token) => token.stem));
  return question.names.filter((name) => !everywhere.has(name));
}

/** Of what a caller hands in, the passages of the corpus. */
async function ownPassages(corpus: Corpus, handed: readonly unknown[]): Promise<Passage[]> {
  const own = new Map<string, Passage>();
  for (const each of handed.slice(0, MOST_GIVEN)) {
    const read = readGiven(each);
    if (!read) continue;
    const candidates = read.id ? await corpus.passages([read.id]) : (await corpus.find(read.content, 3)).passages;
    const passage = candidates.find((candidate) => isTrue(read.content, candidate));
    if (passage) own.set(passage.id, passage);
  }
  return [...own.values()];
}
