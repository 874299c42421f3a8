import { FileText } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { PersonaSummary, Source } from "#lib/corpora";
import { isAppError } from "#lib/platform/errors";
import {
  Badge,
  Button,
  ButtonLink,
  Card,
  Confirm,
  CopyField,
  Empty,
  FileField,
  Notice,
  PageHeader,
  PostForm,
  TextField,
} from "#lib/ui";
import { type Dashboard, firstOf, openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { passageWords } from "../passage-words.ts";
import { Answer } from "./answer.tsx";
import { ask } from "./ask.ts";

export const metadata: Metadata = { title: "Persona" };

const ACCEPT = ".pdf,.epub,.docx,.html,.htm,.md,.txt,.vtt,.srt";

/** One persona: ask it, what it answers from, and how AI clients reach it. */
export default async function Persona({ params, searchParams }: PageProps<{ persona: string }>) {
  const { workspace: workspaceId, persona: id } = await params;
  const dashboard = await openDashboard(workspaceId);
  const { services, viewer, workspace, may, act, upload, page, token } = dashboard;
  const persona = await services.personas.get(viewer, workspace.id, id).catch((error) => {
    if (isAppError(error) && error.code === "persona_not_found") notFound();
    throw error;
  });
  const sources = await services.personas.sources(viewer, workspace.id, persona.id);
  const question = firstOf((await searchParams)["q"])?.slice(0, 2_000);
  const own = page(`personas/${persona.id}`);
  const mayChange = may("admin") && !persona.builtIn;
  const address = `${services.config.publicUrl}/mcp/avatars/${persona.id}`;
  return (
    <>
      <PageHeader title={persona.name} way={[[page("personas"), "Personas"]]} lead={persona.description} />
      <Flash searchParams={searchParams} />
      <Card title="Ask" detail="Answers are quotes from its sources, each with its place. A question costs one unit.">
        <form method="get" action={own} className="flex flex-col gap-3 sm:flex-row sm:items-end">
          <TextField
            label="Question"
            name="q"
            defaultValue={question ?? ""}
            required
            maxLength={2000}
            className="flex-1"
          />
          <Button>Ask</Button>
        </form>
      </Card>
      {question && <Answer asked={await ask(dashboard, persona.id, question)} />}
      {persona.status === "reading" && (
        <Notice>
          Its files are being read; what was read before answers meanwhile. <a href={own}>Look again</a>
        </Notice>
      )}
      <Card title={sources.length === 1 ? "One source" : `${sources.length} sources`} flush>
        {sources.length === 0 ? (
          <Empty icon={FileText} title="No sources yet">
            Give it PDF, EPUB, DOCX, HTML, Markdown, text or subtitles; it answers from nothing else.
          </Empty>
        ) : (
          <ul className="divide-y divide-line border-line border-t">
            {sources.map((source) => (
              <SourceLine key={source.id} dashboard={dashboard} persona={persona} source={source} />
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
      <Card title="Connect an AI client" detail="Paste this address where the client asks for an MCP server.">
        <CopyField text={address} what="the persona's address" />
      </Card>
      {mayChange && (
        <div className="flex flex-wrap items-center gap-2">
          <ButtonLink href={page("personas")}>All personas</ButtonLink>
          <Confirm label="Delete" about={persona.name}>
            <p className="text-pretty text-sm leading-6">
              {persona.name} goes with its files and everything made of them. AI clients lose it at once.
            </p>
            <PostForm
              action={act("remove-persona")}
              token={token}
              hidden={{ persona: persona.id, back: own }}
              className="mt-3"
            >
              <Button look="danger">Delete {persona.name}</Button>
            </PostForm>
          </Confirm>
        </div>
      )}
    </>
  );
}

function SourceLine(props: { dashboard: Dashboard; persona: PersonaSummary; source: Source }) {
  const { may, act, page, token } = props.dashboard;
  const { source, persona } = props;
  const { status, page: at, pages, message } = source;
  const tone = status === "ready" ? "good" : status === "waiting" || status === "reading" ? "accent" : "warn";
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
          <span className="break-words">{source.title}</span>
          <Badge tone={tone}>{status.replace("_", " ")}</Badge>
        </p>
        <p className="break-words text-quiet text-xs leading-5">
          {source.fileName} · {passageWords(source.passages)}
          {status === "reading" && at !== null && pages !== null && ` · page ${at} of ${pages}`}
        </p>
        {message && <p className="text-pretty text-quiet text-xs leading-5">{message}</p>}
      </div>
      {may("admin") && !persona.builtIn && (
        <Confirm label="Remove" about={source.title}>
          <p className="text-pretty text-sm leading-6">The file and every passage of it are deleted.</p>
          <PostForm
            action={act("remove-source")}
            token={token}
            hidden={{ persona: persona.id, id: source.id, back: page(`personas/${persona.id}`) }}
            className="mt-3"
          >
            <Button look="danger">Remove {source.title}</Button>
          </PostForm>
        </Confirm>
      )}
    </li>
  );
}
