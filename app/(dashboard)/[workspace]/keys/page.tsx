import { Download, KeyRound, Plus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { KeyOverview } from "#lib/keys";
import type { Member } from "#lib/organizations";
import { sliceOf } from "#lib/platform/page";
import { Badge, ButtonLink, Card, Empty, FilterSelect, Filters, Moment, PageHeader, Pager, Table } from "#lib/ui";
import { type Dashboard, firstOf, openDashboard, type PageProps, withQuery } from "../../dashboard.ts";
import { Flash } from "../../flash.tsx";
import { KeyStatus, madeBy, maskedKey, works } from "./key-words.tsx";

export const metadata: Metadata = { title: "API keys" };

const NUMBER = new Intl.NumberFormat("en");
const TYPES = [
  ["", "Any type"],
  ["publishable", "Publishable"],
  ["secret", "Secret"],
] as const;
const STATES = [
  ["", "Working and ended"],
  ["working", "Working"],
  ["ended", "Ended"],
] as const;

export default async function Keys({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, may, page } = dashboard;
  const query = await searchParams;
  const [type, state, cursor] = [firstOf(query["type"]), firstOf(query["state"]), firstOf(query["cursor"])];
  const [all, members] = await Promise.all([
    services.keys.overview(viewer, workspace.id),
    services.members.list(viewer, workspace.id),
  ]);
  const wanted = all.filter((key) => (!type || key.type === type) && (!state || works(key) === (state === "working")));
  const { items, next } = sliceOf(wanted, cursor);
  const create = (
    <ButtonLink href={page("keys/create")} look="strong">
      <Plus size={16} aria-hidden /> Create key
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        lead="Publishable keys stand in pages and image addresses and can only fetch faces. Secret keys stay on servers and read facts too."
        actions={may("admin") && all.length > 0 && create}
      />
      <Flash searchParams={searchParams} />
      <Card flush>
        {all.length === 0 ? (
          <Empty icon={KeyRound} title="No keys yet" action={may("admin") && create}>
            {may("admin")
              ? "A key says which workspace a request is from, and whose quota it counts against."
              : "Owners and admins of this workspace make its keys."}
          </Empty>
        ) : (
          <>
            <div className="px-4 pb-3 sm:px-5">
              <Filters
                clearHref={type || state ? page("keys") : undefined}
                download={
                  <ButtonLink href={`/api/workspaces/${workspace.id}/keys.csv`} plainAnchor>
                    <Download size={16} aria-hidden /> CSV
                  </ButtonLink>
                }
              >
                <FilterSelect name="type" label="Type" value={type} options={TYPES} />
                <FilterSelect name="state" label="Status" value={state} options={STATES} />
              </Filters>
            </div>
            {items.length === 0 ? (
              <p className="border-line border-t px-5 py-10 text-center text-quiet text-sm">No key is like that.</p>
            ) : (
              <Table
                label="Keys"
                heads={["Key", "Type", "Allowed domains", "Made by", "Last used", "Units this month", "Status"]}
              >
                {items.map((key) => (
                  <KeyRow key={key.id} dashboard={dashboard} of={key} members={members} />
                ))}
              </Table>
            )}
            <Pager
              words={`${items.length} of ${wanted.length} keys`}
              firstHref={cursor ? withQuery(page("keys"), { type, state }) : undefined}
              nextHref={next ? withQuery(page("keys"), { type, state, cursor: next }) : undefined}
            />
          </>
        )}
      </Card>
    </>
  );
}

function KeyRow(props: { dashboard: Dashboard; of: KeyOverview; members: readonly Member[] }) {
  const { page, now } = props.dashboard;
  const { of: key, members } = props;
  return (
    <tr className={works(key) ? "" : "text-quiet"}>
      <td className="min-w-44">
        <Link href={page(`keys/${key.id}`)} prefetch={false} className="break-words font-medium hover:underline">
          {key.name}
        </Link>
        <code className="block whitespace-nowrap font-mono text-quiet text-xs">{maskedKey(key)}</code>
      </td>
      <td>
        <Badge tone={key.type === "secret" ? "accent" : "plain"}>{key.type}</Badge>
      </td>
      <td className="min-w-32 text-xs">
        {key.type === "secret" ? <span className="text-quiet">servers only</span> : <Domains of={key} />}
      </td>
      <td className="max-w-48 truncate text-quiet text-xs" title={madeBy(key, members)}>
        {madeBy(key, members)}
      </td>
      <td className="text-quiet text-xs">{key.lastUsedAt ? <Moment iso={key.lastUsedAt} now={now} /> : "never"}</td>
      <td className="tabular-nums">{NUMBER.format(key.unitsThisMonth)}</td>
      <td>
        <KeyStatus of={key} now={now} />
      </td>
    </tr>
  );
}

const SHOWN_DOMAINS = 2;

function Domains({ of: { allowedDomains } }: { of: KeyOverview }) {
  if (allowedDomains.length === 0) return <span className="text-quiet">every site</span>;
  const more = allowedDomains.length - SHOWN_DOMAINS;
  return (
    <span className="break-words">
      {allowedDomains.slice(0, SHOWN_DOMAINS).join(", ")}
      {more > 0 && <span className="text-quiet"> and {more} more</span>}
    </span>
  );
}
