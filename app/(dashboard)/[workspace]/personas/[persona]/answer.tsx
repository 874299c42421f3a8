import { BookX } from "lucide-react";
import { actOutcome } from "#lib/http";
import { Card, Empty, Notice } from "#lib/ui";
import type { ask } from "./ask.ts";

type Asked = Awaited<ReturnType<typeof ask>>;

/** The answer: quotes with numbers, and below it the passages they stand in, each on its page. */
export function Answer({ asked }: { asked: Asked }) {
  if ("error" in asked) {
    const outcome = actOutcome("", asked.error ?? "");
    return (
      <Notice tone="danger">{outcome?.sentence ?? "The persona cannot answer now. Try again in a moment."}</Notice>
    );
  }
  const { answer, passages } = asked;
  if (answer.refusal)
    return (
      <Card flush>
        <Empty icon={BookX} title="Not in this corpus">
          {answer.response}
        </Empty>
      </Card>
    );
  const texts = new Map(passages.map((passage) => [passage.id, passage]));
  return (
    <Card title="Answer" detail={`Confidence: ${answer.confidence}. Every sentence is a quote.`}>
      <div className="flex flex-col gap-3 text-pretty text-sm leading-6">
        {answer.citations.map(({ quote, passage_id }, at) => (
          <p key={`${passage_id} ${quote}`}>
            {quote}{" "}
            <a
              href={`#passage-${at + 1}`}
              aria-label={`Source ${at + 1}`}
              className="rounded bg-sunk px-1.5 font-medium text-accent text-xs hover:underline"
            >
              [{at + 1}]
            </a>
          </p>
        ))}
      </div>
      <h3 className="mt-6 font-medium text-sm">Where it stands</h3>
      <ol className="mt-2 flex flex-col gap-4">
        {answer.citations.map((citation, at) => {
          const text = texts.get(citation.passage_id)?.text ?? citation.quote;
          const from = Math.max(0, text.indexOf(citation.quote));
          const place = citation.page === null ? citation.location : `p. ${citation.page_label ?? citation.page}`;
          return (
            <li
              key={`${citation.passage_id} ${citation.quote}`}
              id={`passage-${at + 1}`}
              className="scroll-mt-20 rounded-lg border border-line bg-page p-4 target:border-accent"
            >
              <p className="break-words font-medium text-xs">
                [{at + 1}] {citation.source}
                {place ? `, ${place}` : ""}
              </p>
              <p className="mt-2 text-pretty break-words text-quiet text-sm leading-6">
                {text.slice(0, from)}
                <mark className="bg-accent/15 text-ink">{citation.quote}</mark>
                {text.slice(from + citation.quote.length)}
              </p>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
