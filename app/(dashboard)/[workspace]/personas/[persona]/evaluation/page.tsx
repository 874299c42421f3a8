import { ListChecks } from "lucide-react";
import type { Metadata } from "next";
import { Badge, Button, Card, Empty, FileField, Moment, Notice, PageHeader, PostForm } from "#lib/ui";
import type { PageProps } from "../../../../dashboard.ts";
import { Flash } from "../../../../flash.tsx";
import { KeepReading } from "../../keep-reading.tsx";
import { openPersona } from "../open-persona.ts";
import { Report } from "./report.tsx";

export const metadata: Metadata = { title: "Evaluation" };

/** What a persona made of questions whose answers are known, and the form that asks it more. */
export default async function PersonaEvaluation({ params, searchParams }: PageProps<{ persona: string }>) {
  const { workspace: workspaceId, persona: id } = await params;
  const { dashboard, persona, own, mayChange, way } = await openPersona(workspaceId, id);
  const { services, viewer, workspace, upload, token, now } = dashboard;
  const evaluations = await services.personas.evaluations(viewer, workspace.id, persona.id);
  return (
    <>
      <PageHeader
        title="Evaluation"
        way={way}
        lead="How often it finds, answers and refuses, by questions whose answers you know."
      />
      <Flash searchParams={searchParams} />
      {evaluations.some(({ status }) => status === "waiting") && (
        <Notice>
          Its questions are being asked. This page keeps up by itself.
          <KeepReading />
        </Notice>
      )}
      {evaluations.length === 0 && (
        <Card flush>
          <Empty icon={ListChecks} title="Not evaluated yet">
            {mayChange
              ? "Give it questions, with the quotes that answer them, and those that it should refuse."
              : "Nobody has given it questions whose answers are known."}
          </Empty>
        </Card>
      )}
      {evaluations.map((evaluation) => (
        <Card
          key={evaluation.id}
          title={evaluation.fileName}
          action={
            evaluation.status === "waiting" ? (
              <Badge tone="accent">being asked</Badge>
            ) : (
              evaluation.status === "failed" && <Badge tone="warn">failed</Badge>
            )
          }
          detail={
            <>
              {evaluation.status === "waiting"
                ? `${evaluation.asked} of ${evaluation.questions} questions`
                : `${evaluation.questions} questions`}{" "}
              · <Moment iso={evaluation.createdAt} now={now} />
            </>
          }
          flush
        >
          {evaluation.problem && <p className="px-4 pb-4 text-sm sm:px-5">{evaluation.problem}</p>}
          {evaluation.report && <Report report={evaluation.report} />}
        </Card>
      ))}
      {mayChange && (
        <Card
          title="Ask it questions"
          detail={
            <>
              A file of JSON, one question a line; at most 500, and 1 MB. They take no units.{" "}
              <a href="/docs/personas#measure-it" className="underline">
                What a line holds
              </a>
            </>
          }
        >
          <PostForm
            action={upload("persona-evaluation", `${own}/evaluation`)}
            token={token}
            hidden={{ persona: persona.id }}
            files
            className="flex flex-col items-start gap-4"
          >
            <FileField label="Questions" name="file" accept=".jsonl,.ndjson,.txt" required className="w-full" />
            <Button>Ask them</Button>
          </PostForm>
        </Card>
      )}
    </>
  );
}
