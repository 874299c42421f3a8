import { Inbox } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { type PersonDetails, parseUsername } from "#lib/profiles";
import { Card, Empty, PageHeader } from "#lib/ui";
import { openDashboard, type PageProps, withQuery } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { RequestTable } from "../../requests/request-table.tsx";
import { personName } from "../person-words.ts";
import { Answers } from "./answers.tsx";
import { Facts } from "./facts.tsx";
import { Hero } from "./hero.tsx";
import { Manage } from "./manage.tsx";
import { PictureSizes } from "./picture-sizes.tsx";
import { Unknown } from "./unknown.tsx";

type Props = PageProps<{ username: string }>;

const REQUESTS_SHOWN = 10;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const identity = parseUsername((await params).username);
  return { title: identity.ok ? identity.username : "Person" };
}

/** One person: their picture at every size, what is known of them and who said it, and who asked for them. */
export default async function Person({ params, searchParams }: Props) {
  const { workspace: workspaceId, username: asked } = await params;
  const dashboard = await openDashboard(workspaceId);
  const { services, viewer, workspace, page } = dashboard;
  const identity = parseUsername(asked);
  const person = identity.ok && (await services.profiles.people.get(viewer, workspace.id, identity.username));
  if (!person) return <Unknown dashboard={dashboard} />;
  const { items: requests } = await services.analytics.requests(viewer, workspace.id, {
    filters: { username: person.username },
    limit: REQUESTS_SHOWN,
  });
  const shown = { ...person, ...namesOf(person) };
  const name = personName(shown);
  return (
    <>
      <PageHeader title={name.toShow} lead={leadOf(person)} way={[[page("people"), "People"]]} />
      <Flash searchParams={searchParams} />
      <Hero dashboard={dashboard} person={person} name={name} />
      <PictureSizes dashboard={dashboard} person={person} name={name} />
      <Facts person={person} now={dashboard.now} />
      <Answers person={person} now={dashboard.now} />
      <Card
        title="Latest requests"
        flush
        action={
          requests.length > 0 && (
            <Link
              href={withQuery(page("requests"), { username: person.username })}
              prefetch={false}
              className="text-accent text-sm underline-offset-4 hover:underline"
            >
              All of them
            </Link>
          )
        }
      >
        {requests.length === 0 ? (
          <Empty icon={Inbox} title="Nobody asked for them yet">
            Requests over the API and by AI clients are listed here within a second.
          </Empty>
        ) : (
          <RequestTable dashboard={dashboard} requests={requests} />
        )}
      </Card>
      <Manage dashboard={dashboard} person={person} name={name.toShow} />
    </>
  );
}

/** The value that is shown of a fact, where it is a text. */
function told(person: PersonDetails, name: PersonDetails["facts"][number]["name"]): string | null {
  const value = person.facts.find((fact) => fact.name === name && fact.used)?.value;
  return typeof value === "string" ? value : null;
}

function namesOf(person: PersonDetails) {
  return { firstName: told(person, "firstName"), lastName: told(person, "lastName") };
}

function leadOf(person: PersonDetails): string | undefined {
  const work = [told(person, "position"), told(person, "company")].filter(Boolean).join(", ");
  return told(person, "headline") ?? (work || undefined);
}
