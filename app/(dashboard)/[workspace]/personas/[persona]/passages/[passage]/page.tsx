import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { Passage } from "#lib/personas";
import { ButtonLink, Card, Notice, PageHeader } from "#lib/ui";
import { firstOf, type PageProps } from "../../../../../dashboard.ts";
import { openPersona } from "../../open-persona.ts";
import { placeWords } from "../../place-words.ts";
import { Quoted } from "../../quoted.tsx";

export const metadata: Metadata = { title: "Passage" };

/** A passage on its page, between its neighbours, with the sentence marked that an answer quoted. */
export default async function PassagePage({ params, searchParams }: PageProps<{ persona: string; passage: string }>) {
  const { workspace: workspaceId, persona: id, passage: encoded } = await params;
  const { dashboard, persona, own, way } = await openPersona(workspaceId, id);
  const { services, viewer, workspace } = dashboard;
  const [, documentId = "", place = ""] = /^(\w+):(\d{1,9})$/.exec(decodeURIComponent(encoded)) ?? [];
  const position = Number(place);
  const asked = await services.personas.persona(workspace.id, persona.id);
  const [around, sources] = await Promise.all([
    documentId
      ? asked.passages([position - 1, position, position + 1].map((at) => `${documentId}:${Math.max(0, at)}`))
      : [],
    services.personas.sources(viewer, workspace.id, persona.id),
  ]);
  const at = (wanted: number) => around.find((one) => one.position === wanted);
  const passage = at(position);
  const source = sources.find((one) => one.id === documentId);
  if (!passage || !source) notFound();
  const { answer, quote } = await quoteOf();
  const address = (to: number) => `${own}/passages/${documentId}:${to}`;
  const place_ = passage.sentences[0]?.place;
  const facts = [source.authors.join(", "), source.year, place_ && placeWords(place_), passage.section];
  return (
    <>
      <PageHeader
        title={source.title}
        way={answer ? [...way, [`${own}/answers/${answer.id}`, "Answer"]] : way}
        lead={facts.filter(Boolean).join(" · ")}
        actions={
          source.url && (
            <ButtonLink href={source.url} plainAnchor>
              Read it there
            </ButtonLink>
          )
        }
      />
      {quote && !passage.text.includes(quote) && (
        <Notice tone="warn">
          The file was replaced since this was quoted: “{quote}” does not stand here any more.
        </Notice>
      )}
      <Card>
        <div className="mx-auto flex max-w-prose flex-col gap-6 text-pretty break-words leading-7">
          <Text passage={at(position - 1)} quote={null} quiet />
          <Text passage={passage} quote={quote} />
          <Text passage={at(position + 1)} quote={null} quiet />
        </div>
      </Card>
      <nav aria-label="Passages" className="flex flex-wrap items-center justify-between gap-3">
        {at(position - 1) ? <ButtonLink href={address(position - 1)}>← Before</ButtonLink> : <span />}
        <p className="text-quiet text-sm">
          Passage {position + 1} of {source.passages.toLocaleString("en")}
        </p>
        {at(position + 1) ? <ButtonLink href={address(position + 1)}>After →</ButtonLink> : <span />}
      </nav>
    </>
  );

  /** The quote that the address speaks of, out of an answer that the viewer got. */
  async function quoteOf() {
    const query = await searchParams;
    const answerId = firstOf(query["answer"]);
    const answer = answerId ? await services.personas.findAnswer(viewer, workspace.id, answerId) : null;
    const citation = answer?.answer.citations[Number(firstOf(query["citation"]) ?? 1) - 1];
    return { answer, quote: citation?.passage_id === `${documentId}:${position}` ? citation.quote : null };
  }
}

function Text(props: { passage: Passage | undefined; quote: string | null; quiet?: boolean }) {
  const { passage, quote, quiet = false } = props;
  if (!passage) return null;
  const place = passage.sentences[0]?.place;
  const words = place ? placeWords(place) : "";
  return (
    <section
      id={quiet ? undefined : "quote"}
      aria-label={quiet ? "Beside it" : "The passage"}
      className={quiet ? "text-quiet text-sm leading-6" : "scroll-mt-24 border-accent border-l-2 pl-4"}
    >
      {(words || passage.section) && (
        <p className="mb-1 text-quiet text-xs">{[words, passage.section].filter(Boolean).join(" · ")}</p>
      )}
      <p className="whitespace-pre-line">
        <Quoted text={passage.text} quote={quote} />
      </p>
    </section>
  );
}
