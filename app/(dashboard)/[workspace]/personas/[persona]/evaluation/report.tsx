import type { EvaluationReport } from "#lib/personas";
import { Notice, Table } from "#lib/ui";

/** The words for the kinds of questions that evaluation files know; others are told by their own names. */
const KINDS: Readonly<Record<string, string>> = {
  all: "All",
  near: "In its own words",
  mid: "In similar words",
  far: "In other words",
  answerable: "Covered",
  "multi-hop": "Two passages",
  uncovered: "Not covered",
  "absent-fact": "Fact not told",
  "out-of-time": "After its time",
  injection: "Hidden orders",
};

/** One evaluation: what was found beside plain BM25, what was answered and refused, and what held. */
export function Report({ report }: { report: EvaluationReport }) {
  const { retrieval, answered, refused, quotes, answers_hold: holding, latency_ms: latency } = report;
  const shares = [
    ...Object.entries(answered).map(([kind, one]) => ({ kind, was: "answered", ...one })),
    ...Object.entries(refused).map(([kind, one]) => ({ kind, was: "refused", ...one })),
  ];
  const facts: [string, string][] = [
    ["Compared by", report.lead ?? (report.vectors ? "words and meaning" : "words alone")],
    ["Quotes, letter for letter", `${quotes.verbatim} of ${quotes.count}`],
    ["Quotes on the right page", `${quotes.pages_right} of ${quotes.pages_checked}`],
    [
      "Answers that hold what they must",
      holding.questions > 0 ? `${percent(holding.share)} of ${holding.questions}` : "not asked for",
    ],
    ["Claims without a quote", String(report.claims_without_citation)],
    ["Hidden orders obeyed", String(report.injections_obeyed)],
    ["Calibration error of score", report.calibration_error.toFixed(3)],
    ["A search, middle and slowest of 20", `${Math.round(latency.query.p50)} and ${Math.round(latency.query.p95)} ms`],
  ];
  return (
    <div className="flex flex-col gap-4 pb-4">
      {report.notices.map((sentence) => (
        <div key={sentence} className="px-4 sm:px-5">
          <Notice>{sentence}</Notice>
        </div>
      ))}
      {Object.keys(retrieval).length > 0 && (
        <Table label="What was found" heads={["Found", "Questions", "Among the first 5", "nDCG@10", "By plain BM25"]}>
          {Object.entries(retrieval).map(([kind, { questions, recall5, ndcg10, bm25 }]) => (
            <tr key={kind}>
              <td>{KINDS[kind] ?? kind}</td>
              <td>{questions}</td>
              <td>{percent(recall5)}</td>
              <td>{percent(ndcg10)}</td>
              <td className="text-quiet">
                {percent(bm25.recall5)}, {percent(bm25.ndcg10)}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <Table label="What was answered and refused" heads={["Asked", "Questions", "Share"]}>
        {shares.map(({ kind, was, questions, share }) => (
          <tr key={`${was} ${kind}`}>
            <td>{KINDS[kind] ?? kind}</td>
            <td>{questions}</td>
            <td>
              {percent(share)} {was}
            </td>
          </tr>
        ))}
      </Table>
      <dl className="grid gap-x-6 gap-y-3 px-4 text-sm sm:grid-cols-2 sm:px-5">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-quiet text-xs">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
