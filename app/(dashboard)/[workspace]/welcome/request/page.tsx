import type { Metadata } from "next";
import { pictureAddress } from "#lib/avatars";
import { ButtonLink, Card, CopyField, Face } from "#lib/ui";
import { type Dashboard, openDashboard, type PageProps } from "../../../dashboard.ts";
import { OUTCOME_WORDS } from "../../../outcomes.ts";
import { Step } from "../steps.tsx";
import { Waiting } from "./waiting.tsx";

export const metadata: Metadata = { title: "Your first face" };

/** The second step: waits for a request, and shows the face it asked for. */
export default async function WelcomeRequest({ params }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace } = dashboard;
  const { items } = await services.analytics.requests(viewer, workspace.id, { limit: 10 });
  const first = items.find((request) => request.username !== null);
  return (
    <Step
      dashboard={dashboard}
      at="request"
      title={first ? "It works" : "Waiting for your first request…"}
      lead={
        first
          ? "This is who was asked for last."
          : "Send the request of the step before, open a page with the image in it, or ask from an AI client. It shows up here by itself."
      }
    >
      {first?.username ? (
        <First dashboard={dashboard} username={first.username} words={OUTCOME_WORDS[first.outcome]} />
      ) : (
        <>
          <Waiting />
          <NothingYet dashboard={dashboard} />
        </>
      )}
    </Step>
  );
}

async function First(props: { dashboard: Dashboard; username: string; words: string }) {
  const { services, workspace, page } = props.dashboard;
  const person = await services.avatars.look(workspace.id, props.username);
  return (
    <Card>
      <div className="flex flex-col items-center gap-4 py-4 text-center">
        <Face src={pictureAddress(person, 256)} name={person.name} size={192} />
        <div>
          <p className="font-medium">{person.name || person.username}</p>
          <p className="text-quiet text-sm">
            {props.words} · {person.username}
          </p>
        </div>
        <ButtonLink href={page()} look="strong">
          To the overview
        </ButtonLink>
      </div>
    </Card>
  );
}

function NothingYet({ dashboard: { services, page } }: { dashboard: Dashboard }) {
  return (
    <>
      <Card
        title="Real faces"
        detail="Somebody you import is shown with their own photo; everybody else with their initials."
      >
        <ButtonLink href={page("people/import")}>Import people</ButtonLink>
      </Card>
      <Card title="From an AI client" detail="Paste this address where it asks for a connector or MCP server.">
        <CopyField text={services.oauth.mcpResource} what="the address for AI clients" />
      </Card>
    </>
  );
}
