import { FileText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import {
  Badge,
  Button,
  ButtonLink,
  Card,
  Empty,
  FileField,
  Moment,
  Notice,
  PageHeader,
  PostForm,
  TextField,
} from "#lib/ui";
import { firstOf, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { KeepReading } from "../keep-reading.tsx";
import { AskForm } from "./ask-form.tsx";
import { Connect } from "./connect.tsx";
import { openPersona } from "./open-persona.ts";
import { SourceLine } from "./source-line.tsx";

export const metadata: Metadata = { title: "Persona" };

const ACCEPT = ".pdf,.epub,.docx,.html,.htm,.md,.txt,.vtt,.srt";

/** One persona: ask it, what it answers from, and how AI clients reach it. */
export default async function Persona({ params, searchParams }: PageProps<{ persona: string }>) {
  const { workspace: workspaceId, persona: id } = await params;
  const opened = await openPersona(workspaceId, id);
  const { dashboard, persona, own, mayChange } = opened;
  const { services, viewer, workspace, upload, page, token, now } = dashboard;
  const [sources, answers] = await Promise.all([
    services.personas.sources(viewer, workspace.id, persona.id),
    services.personas.recentAnswers(viewer, workspace.id, persona.id),
  ]);
  return (
    <>
      <PageHeader
        title={persona.name}
        way={[[page("personas"), "Personas"]]}
        lead={persona.description}
        actions={
          <>
            {persona.builtIn ? (
              <Badge>Built in</Badge>
            ) : (
              <ButtonLink href={`${own}/evaluation`} look="plain">
                Evaluation
              </ButtonLink>
            )}
            {mayChange && <ButtonLink href={`${own}/edit`}>Edit</ButtonLink>}
          </>
        }
      />
      <Flash searchParams={searchParams} />
      {persona.status === "reading" && (
        <Notice>
          Its files are being read; what was read before answers meanwhile. This page keeps up by itself.
          <KeepReading />
        </Notice>
      )}
      <AskForm opened={opened} question={firstOf((await searchParams)["question"])?.slice(0, 2_000)} />
      {answers.length > 0 && (
        <Card title="What you asked" detail="Only you see these. They are kept for 90 days." flush>
          <ul className="divide-y divide-line border-line border-t">
            {answers.map(({ id: answerId, question, answer, createdAt }) => (
              <li
                key={answerId}
                className="relative flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 text-sm hover:bg-sunk/60 sm:px-5"
              >
                <Link
                  href={`${own}/answers/${answerId}`}
                  prefetch={false}
                  className="min-w-0 flex-1 basis-56 break-words after:absolute after:inset-0 after:content-['']"
                >
                  {question}
                </Link>
                <span className="text-quiet text-xs">
                  {answer.refusal ? "Not in this corpus" : citationWords(answer.citations.length)} ·{" "}
                  <Moment iso={createdAt} now={now} />
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <span id="sources" className="-mt-5 scroll-mt-24" />
      <Card title={sources.length === 1 ? "One source" : `${sources.length} sources`} flush>
        {sources.length === 0 ? (
          <Empty icon={FileText} title="No sources yet">
            Give it PDF, EPUB, DOCX, HTML, Markdown, text or subtitles; it answers from nothing else.
          </Empty>
        ) : (
          <ul className="divide-y divide-line border-line border-t">
            {sources.map((source) => (
              <SourceLine key={source.id} opened={opened} source={source} />
            ))}
          </ul>
        )}
      </Card>
      {mayChange && (
        <Card title="Add a file" detail="At most 64 MB. A file of the same name is replaced.">
          <PostForm
            action={upload("persona-source", own)}
            token={token}
            hidden={{ persona: persona.id }}
            files
            className="flex flex-col items-start gap-4"
          >
            <TextField label="Title (optional)" name="title" maxLength={300} className="w-full" />
            <FileField label="File" name="file" accept={ACCEPT} required className="w-full" />
            <Button>Add this file</Button>
          </PostForm>
        </Card>
      )}
      <Connect opened={opened} />
    </>
  );
}

function citationWords(count: number): string {
  return count === 1 ? "One quote" : `${count} quotes`;
}
