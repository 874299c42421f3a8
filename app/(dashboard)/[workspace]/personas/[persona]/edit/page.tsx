import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Button, Card, Choice, Confirm, PageHeader, PostForm, TextField } from "#lib/ui";
import { firstOf, type PageProps } from "../../../../dashboard.ts";
import { Flash } from "../../../../flash.tsx";
import { openPersona } from "../open-persona.ts";

export const metadata: Metadata = { title: "Edit a persona" };

/** What a persona is called and speaks as, and its end. */
export default async function EditPersona({ params, searchParams }: PageProps<{ persona: string }>) {
  const { workspace: workspaceId, persona: id } = await params;
  const { dashboard, persona, own, mayChange, way } = await openPersona(workspaceId, id);
  if (!mayChange) notFound();
  const { services, workspace, act, token } = dashboard;
  const { config } = await services.personas.find(workspace.id, persona.id);
  const kept = await searchParams;
  return (
    <>
      <PageHeader title="Edit" way={way} />
      <Flash searchParams={searchParams} />
      <Card title="What it is called">
        <PostForm
          action={act("update-persona")}
          token={token}
          hidden={{ persona: persona.id, back: `${own}/edit` }}
          className="flex flex-col gap-4"
        >
          <TextField
            label="Name"
            name="name"
            required
            maxLength={100}
            defaultValue={firstOf(kept["name"]) ?? persona.name}
            hint="Whose writings it answers from."
            className="w-full"
          />
          <TextField
            label="Who that is (optional)"
            name="description"
            maxLength={1000}
            defaultValue={firstOf(kept["description"]) ?? persona.description}
            hint="AI clients read it too, and choose by it."
            className="w-full"
          />
          <Choice
            legend="Voice"
            name="voice"
            chosen={config.voice ?? "student"}
            options={[
              { value: "student", words: "As a student", detail: `“${persona.name} writes: …” The safe choice.` },
              {
                value: "first-person",
                words: "In the first person",
                detail: "The quotes alone, as if the person spoke.",
              },
            ]}
          />
          <div>
            <Button>Save</Button>
          </div>
        </PostForm>
      </Card>
      <Card title="Delete it" detail="With its files and everything made of them. AI clients lose it at once." danger>
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
      </Card>
    </>
  );
}
