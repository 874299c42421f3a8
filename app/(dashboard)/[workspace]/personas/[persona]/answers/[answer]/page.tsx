import { BookX } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { KeptAnswer } from "#lib/corpora";
import { Badge, ButtonLink, Card, Empty, Moment, PageHeader } from "#lib/ui";
import type { PageProps } from "../../../../../dashboard.ts";
import { AskForm } from "../../ask-form.tsx";
import { type OpenPersona, openPersona } from "../../open-persona.ts";
import { placeWords } from "../../place-words.ts";
import { Quoted } from "../../quoted.tsx";

export const metadata: Metadata = { title: "Answer" };

const CONFIDENCE = { high: "good", medium: "plain", low: "warn" } as const;

/** What was asked, and the quotes that answer it, each with the way to its page. */
export default async function AnswerPage({ params }: PageProps<{ persona: string; answer: string }>) {
  const { workspace: workspaceId, persona: id, answer: answerId } = await params;
  const opened = await openPersona(workspaceId, id);
  const { dashboard, persona, own, way } = opened;
  const { services, viewer, workspace, now } = dashboard;
  const kept = await services.personas.findAnswer(viewer, workspace.id, answerId);
  if (kept?.personaId !== persona.id) notFound();
  const { question, answer, createdAt } = kept;
  return (
    <>
      <PageHeader title={question} way={way} lead={<Moment iso={createdAt} now={now} />} />
      {answer.refusal ? (
        <Card flush>
          <Empty
            icon={BookX}
            title="Not in this corpus"
            action={<ButtonLink href={`${own}#sources`}>What it answers from</ButtonLink>}
          >
            {answer.response}
          </Empty>
        </Card>
      ) : (
        <Quotes opened={opened} kept={kept} />
      )}
      <AskForm opened={opened} question={question} />
    </>
  );
}

async function Quotes({ opened, kept }: { opened: OpenPersona; kept: KeptAnswer }) {
  const { dashboard, persona, own } = opened;
  const { citations, confidence } = kept.answer;
  const asked = await dashboard.services.personas.persona(dashboard.workspace.id, persona.id);
  const passages = await asked.passages(citations.map((citation) => citation.passage_id)).catch(() => []);
  const texts = new Map(passages.map((passage) => [passage.id, passage.text]));
  const address = (at: number) =>
    `${own}/passages/${citations[at]?.passage_id}?answer=${kept.id}&citation=${at + 1}#quote`;
  return (
    <>
      <Card
        title="Answer"
        detail="Every sentence is a quote, word for word."
        action={<Badge tone={CONFIDENCE[confidence]}>Confidence: {confidence}</Badge>}
      >
        <div className="flex flex-col gap-3 text-pretty leading-7">
          {citations.map(({ quote, passage_id }, at) => (
            <p key={`${passage_id} ${quote}`}>
              {quote}{" "}
              <a
                href={address(at)}
                aria-label={`Source ${at + 1}`}
                className="rounded bg-sunk px-1.5 py-0.5 font-medium text-accent text-xs hover:underline"
              >
                {at + 1}
              </a>
            </p>
          ))}
        </div>
      </Card>
      <Card title="Where it stands" flush>
        <ol className="divide-y divide-line border-line border-t">
          {citations.map((citation, at) => {
            const place = placeWords({
              page: citation.page,
              label: citation.page_label,
              location: citation.location,
            });
            return (
              <li key={`${citation.passage_id} ${citation.quote}`} className="px-4 py-4 sm:px-5">
                <p className="break-words font-medium text-sm">
                  <span className="mr-2 rounded bg-sunk px-1.5 py-0.5 text-accent text-xs">{at + 1}</span>
                  <a href={address(at)} className="hover:underline">
                    {citation.source}
                    {place && `, ${place}`}
                  </a>
                </p>
                <p className="mt-2 text-pretty break-words text-quiet text-sm leading-6">
                  <Quoted text={texts.get(citation.passage_id) ?? citation.quote} quote={citation.quote} />
                </p>
              </li>
            );
          })}
        </ol>
      </Card>
    </>
  );
}
