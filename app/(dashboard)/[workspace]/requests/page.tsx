import { Download, SearchX } from "lucide-react";
import type { Metadata } from "next";
import { CHANNELS, OUTCOMES } from "#lib/analytics";
import { ButtonLink, Card, CONTROL, Empty, FilterSelect, Filters, PageHeader, Pager } from "#lib/ui";
import { firstOf, openDashboard, type PageProps, withQuery } from "../../dashboard.ts";
import { CHANNEL_WORDS, OUTCOME_WORDS } from "../../outcomes.ts";
import { RequestTable } from "./request-table.tsx";

export const metadata: Metadata = { title: "Requests" };

const SHOWN = 50;

/** Every request, with the filters that the address holds; the same filters make the CSV. */
export default async function Requests({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, page } = dashboard;
  const asked = await searchParams;
  const filters = Object.fromEntries(
    ["outcome", "channel", "key", "connection", "client", "username"].map((name) => [name, firstOf(asked[name])]),
  );
  const cursor = firstOf(asked["cursor"]);
  const [{ items, next }, keys] = await Promise.all([
    services.analytics.requests(viewer, workspace.id, { filters, cursor, limit: SHOWN }),
    services.keys.manager.list(workspace.id),
  ]);
  const path = page("requests");
  const filtered = Object.values(filters).some(Boolean);
  return (
    <>
      <PageHeader
        title="Requests"
        lead="Each request for a picture or a profile: of whom, by whom, what came of it."
        way={[[page(), "Overview"]]}
      />
      <Card flush>
        <div className="px-4 pb-4 sm:px-5">
          <Filters
            clearHref={filtered ? path : undefined}
            download={
              <ButtonLink href={withQuery(`/api/workspaces/${workspace.id}/requests.csv`, filters)} plainAnchor>
                <Download size={15} aria-hidden /> CSV
              </ButtonLink>
            }
          >
            <input
              type="search"
              name="username"
              aria-label="LinkedIn username"
              placeholder="LinkedIn username"
              defaultValue={filters["username"]}
              className={`${CONTROL} w-44`}
            />
            <FilterSelect
              name="outcome"
              label="Outcome"
              value={filters["outcome"]}
              options={[["", "Any outcome"], ...OUTCOMES.map((one) => [one, OUTCOME_WORDS[one]] as const)]}
            />
            <FilterSelect
              name="channel"
              label="Channel"
              value={filters["channel"]}
              options={[["", "Any channel"], ...CHANNELS.map((one) => [one, CHANNEL_WORDS[one]] as const)]}
            />
            <FilterSelect
              name="key"
              label="Key"
              value={filters["key"]}
              options={[["", "Any key"], ...keys.map((key) => [key.id, `${key.name} …${key.last4}`] as const)]}
            />
            {filters["client"] && <input type="hidden" name="client" value={filters["client"]} />}
          </Filters>
        </div>
        {items.length === 0 && !next ? (
          <Empty icon={SearchX} title={filtered ? "No request matches" : "No requests yet"}>
            {filtered ? "Choose less, or clear the filters." : "The first one is listed here within a second."}
          </Empty>
        ) : (
          <RequestTable dashboard={dashboard} requests={items} />
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
