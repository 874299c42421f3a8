import { Activity } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { ButtonLink, Card, Empty, PageHeader } from "#lib/ui";
import { firstOf, openDashboard, type PageProps, withQuery } from "../dashboard.ts";
import { Flash } from "../flash.tsx";
import { Figures } from "./overview/figures.tsx";
import { Tops } from "./overview/tops.tsx";
import { Traffic } from "./overview/traffic.tsx";
import { RequestTable } from "./requests/request-table.tsx";

export const metadata: Metadata = { title: "Overview" };

const DAY_MS = 86_400_000;
const RANGES = { "1": "Today", "7": "7 days", "30": "30 days", "90": "90 days" } as const;
const DEFAULT_RANGE = "30";
const RECENT = 10;

/** What was asked for in this workspace, of whom, and what came of it. */
export default async function Overview({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, page, now } = dashboard;
  const asked = await searchParams;
  const days = firstOf(asked["days"]) ?? "";
  const range = days in RANGES ? days : DEFAULT_RANGE;
  const by = firstOf(asked["by"]) === "channel" ? "channel" : "outcome";
  const from = new Date(now - (Number(range) - 1) * DAY_MS).toISOString().slice(0, 10);
  const [overview, recent] = await Promise.all([
    services.analytics.overview(viewer, workspace.id, { from, to: new Date(now).toISOString().slice(0, 10) }),
    services.analytics.requests(viewer, workspace.id, { limit: RECENT }),
  ]);
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <nav aria-label="Time" className="flex rounded-lg border border-line bg-card p-0.5">
            {Object.entries(RANGES).map(([value, words]) => (
              <Link
                key={value}
                href={withQuery(page(), {
                  days: value === DEFAULT_RANGE ? undefined : value,
                  by: firstOf(asked["by"]),
                })}
                prefetch={false}
                aria-current={value === range ? "page" : undefined}
                className="rounded-md px-3 py-1.5 text-quiet text-sm hover:text-ink aria-[current=page]:bg-sunk aria-[current=page]:text-ink"
              >
                {words}
              </Link>
            ))}
          </nav>
        }
      />
      <Flash searchParams={searchParams} />
      {recent.items.length === 0 ? (
        <Card flush>
          <Empty
            icon={Activity}
            title="No requests yet"
            action={
              <>
                <ButtonLink href={page("keys")}>API keys</ButtonLink>
                <ButtonLink href={page("connections")}>Connect an AI client</ButtonLink>
                <ButtonLink href={page("people/import")}>Import people</ButtonLink>
              </>
            }
          >
            As soon as a page shows a face or an AI client asks for one, it is counted here, within a second.
          </Empty>
        </Card>
      ) : (
        <>
          <Figures overview={overview} />
          <Traffic
            overview={overview}
            by={by}
            href={(value) => withQuery(page(), { days: firstOf(asked["days"]), by: value })}
          />
          <Tops dashboard={dashboard} overview={overview} />
          <Card
            title="Latest requests"
            flush
            action={
              <Link href={page("requests")} prefetch={false} className="text-accent text-sm hover:underline">
                All requests
              </Link>
            }
          >
            <RequestTable dashboard={dashboard} requests={recent.items} />
          </Card>
        </>
      )}
    </>
  );
}
