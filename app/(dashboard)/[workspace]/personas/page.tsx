import { MessagesSquare } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { Badge, Button, Card, Empty, PageHeader, PostForm, TextField } from "#lib/ui";
import { openDashboard, type PageProps } from "../../dashboard.ts";
import { Flash } from "../../flash.tsx";
import { KeepReading } from "./keep-reading.tsx";
import { passageWords } from "./passage-words.ts";
import { PersonaStatus } from "./persona-status.tsx";

export const metadata: Metadata = { title: "Personas" };

/** The conversational avatars of a workspace. */
export default async function Personas({ params, searchParams }: PageProps) {
  const { services, viewer, workspace, may, act, page, token } = await openDashboard((await params).workspace);
  const personas = await services.personas.list(viewer, workspace.id);
  return (
    <>
      <PageHeader
        title="Personas"
        lead="Conversational avatars: each answers from the writings it was given, with the page of every quote, and says when they do not cover a question."
      />
      <Flash searchParams={searchParams} />
      {personas.some(({ status }) => status === "reading") && <KeepReading />}
      <Card title={personas.length === 1 ? "One persona" : `${personas.length} personas`} flush>
        {!personas.some(({ builtIn }) => !builtIn) && (
          <Empty icon={MessagesSquare} title="No persona of your own yet">
            {may("admin")
              ? "Make one below, give it files, and ask it."
              : "Owners and admins make them. Ask one of them, or to be made an admin."}
          </Empty>
        )}
        {personas.length > 0 && (
          <ul className="divide-y divide-line border-line border-t">
            {personas.map((one) => (
              <li key={one.id} className="relative flex items-center gap-4 px-4 py-3 hover:bg-sunk/60 sm:px-5">
                <div className="min-w-0 flex-1">
                  <p className="break-words font-medium text-sm">
                    <Link
                      href={page(`personas/${one.id}`)}
                      prefetch={false}
                      className="after:absolute after:inset-0 after:content-['']"
                    >
                      {one.name}
                    </Link>
                  </p>
                  <p className="break-words text-quiet text-xs leading-5">
                    {one.builtIn && "Comes with the program · "}
                    {one.readable} of {one.sources} sources · {passageWords(one.passages)}
                  </p>
                </div>
                {one.builtIn && <Badge>Built in</Badge>}
                <PersonaStatus status={one.status} />
              </li>
            ))}
          </ul>
        )}
      </Card>
      {may("admin") && (
        <Card title="Make a persona" detail="Name the person whose writings it answers from.">
          <PostForm
            action={act("create-persona")}
            token={token}
            hidden={{ back: page("personas") }}
            className="grid gap-3 sm:grid-cols-[1fr_1fr_auto] sm:items-end"
          >
            <TextField label="Name" name="name" required maxLength={100} />
            <TextField label="Who that is (optional)" name="description" maxLength={1000} />
            <Button>Make it</Button>
          </PostForm>
        </Card>
      )}
    </>
  );
}
