import type { Answer } from "../answer/answer.ts";
import { calibrationError, mean, ndcgAt, percentile, type Ranks, recallAt } from "./measures.ts";

/** What one question showed. */
export type Observation = {
  /** What the question is of: answerable, multi-hop, uncovered, absent-fact, out-of-time, injection. */
  kind: string;
  /** near, mid, far; null where the set does not say. */
  style: string | null;
  /** Where the wanted passages were, ours and plain BM25's; null for a question that has none. */
  ranks: { ours: Ranks; bm25: Ranks } | null;
  /** The first passages found, and whether each is a wanted one. */
  scored: { score: number; relevant: boolean }[];
  answer: Answer;
  /** An answer that holds what it must; null where nothing is asked for. */
  holds: boolean | null;
  /** An answer that has what it must not. */
  obeyed: boolean;
  quotes: { verbatim: boolean; page: boolean | null }[];
  milliseconds: { query: number; answer: number };
};

type Retrieval = { questions: number; recall5: number; ndcg10: number; bm25: { recall5: number; ndcg10: number } };

export type EvaluationReport = {
  questions: number;
  /** Whether meaning was compared, by whatever model. */
  vectors: boolean;
  /** The model that led; null without one. */
  lead: string | null;
  /** What could not be used. */
  notices: string[];
  retrieval: Record<string, Retrieval>;
  /** Of questions that the corpus answers, the share that was answered. */
  answered: Record<string, { questions: number; share: number }>;
  /** Of questions that it does not, the share that was refused. */
  refused: Record<string, { questions: number; share: number }>;
  injections_obeyed: number;
  answers_hold: { questions: number; share: number };
  quotes: { count: number; verbatim: number; pages_checked: number; pages_right: number };
  claims_without_citation: number;
  calibration_error: number;
  latency_ms: { query: { p50: number; p95: number }; answer: { p50: number; p95: number } };
};

const ANSWERED_KINDS = ["answerable", "multi-hop"];

/** Shares are from 0 to 1. */
export function summarise(
  observations: readonly Observation[],
  compared: Pick<EvaluationReport, "vectors" | "lead" | "notices">,
): EvaluationReport {
  const quotes = observations.flatMap((observation) => observation.quotes);
  const answerable = observations.filter(({ kind }) => ANSWERED_KINDS.includes(kind));
  const others = observations.filter(({ kind }) => !ANSWERED_KINDS.includes(kind));
  const holding = observations.filter(({ holds }) => holds !== null);
  const latency = (name: "query" | "answer") => {
    const all = observations.map(({ milliseconds }) => milliseconds[name]);
    return { p50: percentile(all, 0.5), p95: percentile(all, 0.95) };
  };
  return {
    questions: observations.length,
    ...compared,
    retrieval: bySlice(
      answerable.filter(({ ranks }) => ranks),
      retrievalOf,
    ),
    answered: bySlice(answerable, (slice) => shareOf(slice, ({ answer }) => !answer.refusal)),
    refused: Object.fromEntries(
      [...new Set(others.map(({ kind }) => kind))].map((kind) => [
        kind,
        shareOf(
          others.filter((observation) => observation.kind === kind),
          ({ answer }) => answer.refusal !== undefined,
        ),
      ]),
    ),
    injections_obeyed: observations.filter(({ obeyed }) => obeyed).length,
    answers_hold: shareOf(holding, ({ holds }) => holds === true),
    quotes: {
      count: quotes.length,
      verbatim: quotes.filter(({ verbatim }) => verbatim).length,
      pages_checked: quotes.filter(({ page }) => page !== null).length,
      pages_right: quotes.filter(({ page }) => page).length,
    },
    claims_without_citation: observations.filter(({ answer }) => !answer.refusal && answer.citations.length === 0)
      .length,
    calibration_error: calibrationError(answerable.flatMap(({ scored }) => scored)),
    latency_ms: { query: latency("query"), answer: latency("answer") },
  };
}

function bySlice<Value>(
  observations: readonly Observation[],
  summary: (slice: readonly Observation[]) => Value,
): Record<string, Value> {
  const sliceOf = ({ kind, style }: Observation) => style ?? kind;
  const names = [...new Set(observations.map(sliceOf))];
  const slices = names.map((name) => [name, summary(observations.filter((each) => sliceOf(each) === name))] as const);
  return Object.fromEntries(names.length > 1 ? [["all", summary(observations)], ...slices] : slices);
}

function retrievalOf(slice: readonly Observation[]): Retrieval {
  const of = (name: "ours" | "bm25", measure: (ranks: Ranks) => number) =>
    mean(slice.flatMap(({ ranks }) => (ranks ? [measure(ranks[name])] : [])));
  const both = (name: "ours" | "bm25") => ({
    recall5: of(name, (ranks) => recallAt(5, ranks)),
    ndcg10: of(name, (ranks) => ndcgAt(10, ranks)),
  });
  return { questions: slice.length, ...both("ours"), bm25: both("bm25") };
}

function shareOf(
  slice: readonly Observation[],
  is: (observation: Observation) => boolean,
): { questions: number; share: number } {
  return { questions: slice.length, share: mean(slice.map((each) => (is(each) ? 1 : 0))) };
}

/** The report for people. */
export function printReport(report: EvaluationReport): string {
  const percent = (share: number) => `${(share * 100).toFixed(1).padStart(5)} %`;
  const lines = [
    `${report.questions} questions, ${report.lead ? `led by ${report.lead}` : report.vectors ? "by words and meaning" : "by words alone"}`,
    ...report.notices,
    "",
    "Retrieval              n   Recall@5   nDCG@10   BM25 alone",
    ...Object.entries(report.retrieval).map(
      ([name, { questions, recall5, ndcg10, bm25 }]) =>
        `  ${name.padEnd(16)} ${String(questions).padStart(5)}    ${percent(recall5)}   ${percent(ndcg10)}   ${percent(bm25.recall5)} ${percent(bm25.ndcg10)}`,
    ),
    "",
    "Answered, of what the corpus covers",
    ...Object.entries(report.answered).map(
      ([name, { questions, share }]) => `  ${name.padEnd(16)} ${String(questions).padStart(5)}    ${percent(share)}`,
    ),
    "Refused, of what it does not",
    ...Object.entries(report.refused).map(
      ([name, { questions, share }]) => `  ${name.padEnd(16)} ${String(questions).padStart(5)}    ${percent(share)}`,
    ),
    "",
    `Injected instructions obeyed: ${report.injections_obeyed}`,
    `Answers that hold what they must: ${percent(report.answers_hold.share).trim()} of ${report.answers_hold.questions}`,
    `Quotes: ${report.quotes.count}, verbatim ${report.quotes.verbatim}, right page ${report.quotes.pages_right} of ${report.quotes.pages_checked}`,
    `Claims without a citation: ${report.claims_without_citation}`,
    `Calibration error of score: ${report.calibration_error.toFixed(3)}`,
    `Latency (ms): query p50 ${report.latency_ms.query.p50.toFixed(1)}, p95 ${report.latency_ms.query.p95.toFixed(1)}; answer p50 ${report.latency_ms.answer.p50.toFixed(1)}, p95 ${report.latency_ms.answer.p95.toFixed(1)}`,
  ];
  return lines.join("\n");
}
