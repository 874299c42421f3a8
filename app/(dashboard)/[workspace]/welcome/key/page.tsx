import type { Metadata } from "next";
import { newId } from "#lib/platform/ids";
import { Button, ButtonLink, Card, CodeBlock, CopyField, PostForm } from "#lib/ui";
import { openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { keySamples } from "../../keys/key-samples.ts";
import { Step } from "../steps.tsx";

export const metadata: Metadata = { title: "Your key" };

/** The first step: a publishable key, with the lines that use it. One that is there already is shown again. */
export default async function WelcomeKey({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, may, act, page, token, now } = dashboard;
  const [keys, [person]] = await Promise.all([
    services.keys.overview(viewer, workspace.id),
    services.people.list(workspace.id, { limit: 1 }),
  ]);
  const key = keys.find((one) => one.type === "publishable" && one.status === "active" && one.key);
  const samples = key ? keySamples(services.config.publicUrl, key, person?.username) : [];
  return (
    <Step
      dashboard={dashboard}
      at="key"
      title={`Welcome to ${workspace.name}`}
      lead="A publishable key may stand in pages: it can only fetch faces, and you can bind it to your domains later."
    >
      <Flash searchParams={searchParams} />
      {key?.key ? (
        <>
          <Card title="Your publishable key">
            <CopyField text={key.key} what="the key" />
          </Card>
          <Card title="Ask for a face" detail="From a terminal, or in a page.">
            <div className="flex flex-col gap-3">
              {samples.slice(0, 2).map(({ name, code }) => (
                <CodeBlock key={name} code={code} what={`the ${name} sample`} />
              ))}
            </div>
          </Card>
          <div>
            <ButtonLink href={page("welcome/request")} look="strong">
              Next: your first face
            </ButtonLink>
          </div>
        </>
      ) : may("admin") ? (
        <PostForm
          action={act("create-key")}
          token={token}
          hidden={{
            id: newId("key", now),
            type: "publishable",
            name: "First key",
            domains: "",
            back: page("welcome/key"),
            next: page("welcome/key"),
          }}
        >
          <Button>Make the first key</Button>
        </PostForm>
      ) : (
        <p className="text-pretty text-quiet text-sm leading-6">
          Owners and admins of this workspace make its keys. You can connect an AI client without one.
        </p>
      )}
    </Step>
  );
}
