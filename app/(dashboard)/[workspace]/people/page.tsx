import { Download, SearchX, Users } from "lucide-react";
import type { Metadata } from "next";
import {
  Button,
  ButtonLink,
  Card,
  CONTROL,
  Empty,
  FilterSelect,
  Filters,
  Notice,
  PageHeader,
  Pager,
  PostForm,
} from "#lib/ui";
import { type Dashboard, firstOf, openDashboard, type PageProps, withQuery } from "../../dashboard.ts";
import { Flash } from "../../flash.tsx";
import { PersonLine } from "./person-line.tsx";
import { STATUS_WORDS } from "./person-words.ts";

export const metadata: Metadata = { title: "People" };

const SHOWN = 50;

/** Everybody the workspace knows, with the filters that the address holds; the same filters make the CSV. */
export default async function People({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, page, may, act, token } = dashboard;
  const asked = await searchParams;
  const filters = { search: firstOf(asked["search"]), status: firstOf(asked["status"]) };
  const cursor = firstOf(asked["cursor"]);
  const { items, next } = await services.profiles.people.list(viewer, workspace.id, {
    ...filters,
    cursor,
    limit: SHOWN,
  });
  const path = page("people");
  const filtered = Boolean(filters.search ?? filters.status);
  const nobody = items.length === 0 && !next && !cursor;
  return (
    <>
      <PageHeader
        title="People"
        lead="Everybody this workspace knows. What it imported, no other workspace sees."
        actions={may("admin") && <ButtonLink href={page("people/import")}>Import people</ButtonLink>}
      />
      <Flash searchParams={searchParams} />
      {may("admin") && items.some(({ source }) => source === "sample") && (
        <Notice>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <span>Some of these are sample people, who exist nowhere.</span>
            <PostForm action={act("remove-samples")} token={token} hidden={{ back: path }}>
              <Button look="plain">Remove the sample people</Button>
            </PostForm>
          </div>
        </Notice>
      )}
      <Card flush>
        {nobody && !filtered ? (
          <Nobody dashboard={dashboard} />
        ) : (
          <>
            <div className="px-4 pb-4 sm:px-5">
              <Filters
                clearHref={filtered ? path : undefined}
                download={
                  <ButtonLink href={withQuery(`/api/workspaces/${workspace.id}/people.csv`, filters)} plainAnchor>
                    <Download size={15} aria-hidden /> CSV
                  </ButtonLink>
                }
              >
                <input
                  type="search"
                  name="search"
                  aria-label="Name, company or LinkedIn address"
                  placeholder="Name, company or LinkedIn address"
                  defaultValue={filters.search}
                  className={`${CONTROL} w-80 max-w-full`}
                />
                <FilterSelect
                  name="status"
                  label="Status"
                  value={filters.status}
                  options={[["", "Any status"], ...Object.entries(STATUS_WORDS)]}
                />
              </Filters>
            </div>
            {items.length === 0 ? (
              <Empty icon={SearchX} title={next ? "Nobody on this page" : "Nobody matches"}>
                {next ? "There are more people to look through: go on." : "Choose less, or clear the filters."}
              </Empty>
            ) : (
              <ul className="divide-y divide-line border-line border-t">
                {items.map((person) => (
                  <PersonLine key={person.username} dashboard={dashboard} person={person} />
                ))}
              </ul>
            )}
          </>
        )}
        {items.length > 0 && !cursor && !next && (
          <p className="border-line border-t px-4 py-3 text-quiet text-sm sm:px-5">
            {items.length === 1 ? "One person" : `${items.length} people`}
          </p>
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

function Nobody({ dashboard: { may, page, act, token } }: { dashboard: Dashboard }) {
  return (
    <Empty
      icon={Users}
      title="Nobody yet"
      action={
        may("admin") && (
          <>
            <ButtonLink look="strong" href={page("people/import")}>
              Import your connections
            </ButtonLink>
            <PostForm action={act("load-samples")} token={token} hidden={{ back: page("people") }}>
              <Button look="plain">Load sample people</Button>
            </PostForm>
          </>
        )
      }
    >
      {may("admin")
        ? "Import the people you know, and their faces are here at once. Whoever is asked for over the API or by an AI client is listed too."
        : "An owner or admin can import people. Whoever is asked for over the API or by an AI client is listed too."}
    </Empty>
  );
}
