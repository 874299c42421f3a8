import { Download, ScrollText } from "lucide-react";
import type { Metadata } from "next";
import type { AuditEvent } from "#lib/organizations";
import { ButtonLink, Card, Empty, FilterSelect, Filters, Moment, PageHeader, Pager } from "#lib/ui";
import { type Dashboard, firstOf, openDashboard, type PageProps, withQuery } from "../../dashboard.ts";
import { actorWords, sentenceOf } from "./sentences.ts";

export const metadata: Metadata = { title: "Activity" };

/** The nouns of actions, as the filter calls them; others keep their own name. */
const NOUNS: Readonly<Record<string, string>> = {
  key: "API keys",
  connection: "Connections",
  member: "Members",
  invitation: "Invitations",
  people: "Imports and samples",
  person: "People",
  persona: "Personas",
  organization: "The workspace",
  plan: "The plan",
  quota: "Limits",
};

export default async function Activity({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, page } = dashboard;
  const asked = await searchParams;
  const filters = { action: firstOf(asked["action"]), actor: firstOf(asked["actor"]) };
  const cursor = firstOf(asked["cursor"]);
  const [{ items, next }, choices] = await Promise.all([
    services.audit.list(viewer, workspace.id, { ...filters, cursor }),
    services.audit.choices(viewer, workspace.id),
  ]);
  const nouns = [...new Set(choices.actions.map((action) => action.split(".")[0] ?? action))];
  const filtered = Boolean(filters.action || filters.actor);
  const path = page("activity");
  return (
    <>
      <PageHeader
        title="Activity"
        lead="What was changed in this workspace, by whom and when. Nothing here can be altered or deleted."
      />
      <Card flush>
        <div className="px-4 pb-4 sm:px-5">
          <Filters
            clearHref={filtered ? path : undefined}
            download={
              <ButtonLink href={withQuery(`/api/workspaces/${workspace.id}/activity.csv`, filters)} plainAnchor>
                <Download size={16} aria-hidden /> CSV
              </ButtonLink>
            }
          >
            <FilterSelect
              name="action"
              label="About"
              value={filters.action}
              options={[["", "About anything"], ...nouns.map((noun) => [noun, NOUNS[noun] ?? noun] as const)]}
            />
            <FilterSelect
              name="actor"
              label="By"
              value={filters.actor}
              options={[
                ["", "By anybody"],
                ...choices.actors.map(
                  ({ actor, email }) => [actor, `By ${actorWords({ actor, actorEmail: email })}`] as const,
                ),
              ]}
            />
          </Filters>
        </div>
        {items.length === 0 ? (
          <Empty icon={ScrollText} title={filtered ? "Nothing matches" : "Nothing happened yet"}>
            {filtered
              ? "Choose less, or clear the filters."
              : "Keys, members, connections and limits leave a line here."}
          </Empty>
        ) : (
          <ol className="divide-y divide-line border-line border-t">
            {items.map((event) => (
              <Line key={event.id} event={event} dashboard={dashboard} />
            ))}
          </ol>
        )}
        <Pager
          words={items.length === 1 ? "One on this page" : `${items.length} on this page`}
          firstHref={cursor && withQuery(path, filters)}
          nextHref={next ? withQuery(path, { ...filters, cursor: next }) : undefined}
        />
      </Card>
    </>
  );
}

function Line({ event, dashboard: { now, viewer } }: { event: AuditEvent; dashboard: Dashboard }) {
  const { before, target, after, more } = sentenceOf(event);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-0.5 px-4 py-3 text-sm sm:px-5">
      <p className="min-w-0 flex-1 basis-64 text-pretty break-words leading-6">
        <span className="font-medium">{event.actor === viewer.userId ? "You" : actorWords(event)}</span> {before}
        {target && <span className="font-semibold"> {target}</span>}
        {after && ` ${after}`}
        {more && <span className="block text-quiet text-xs leading-5">{more}</span>}
      </p>
      <span className="text-quiet text-xs">
        <Moment iso={event.at} now={now} />
      </span>
    </li>
  );
}
