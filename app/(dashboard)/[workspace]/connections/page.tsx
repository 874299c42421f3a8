import { Download, PlugZap } from "lucide-react";
import type { Metadata } from "next";
import { cursorLink, vscodeLink } from "#lib/docs";
import { type ConnectionOverview, SCOPES } from "#lib/oauth";
import { sliceOf } from "#lib/platform/page";
import {
  Badge,
  Button,
  ButtonLink,
  Card,
  Confirm,
  CopyField,
  Empty,
  Moment,
  PageHeader,
  Pager,
  PostForm,
} from "#lib/ui";
import { PLACES } from "../../../oauth/authorize/[request]/destination-note.tsx";
import { type Dashboard, firstOf, openDashboard, type PageProps, withQuery } from "../../dashboard.ts";
import { Flash } from "../../flash.tsx";
import { toolWords } from "../../outcomes.ts";

export const metadata: Metadata = { title: "Connections" };

const NUMBER = new Intl.NumberFormat("en");
const GUIDES = [
  ["claude", "Claude"],
  ["chatgpt", "ChatGPT"],
  ["cursor", "Cursor"],
  ["vscode", "VS Code"],
  ["inspector", "MCP Inspector"],
] as const;

export default async function Connections({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, may, page } = dashboard;
  const cursor = firstOf((await searchParams)["cursor"]);
  const all = await services.connections.overview(viewer, workspace.id);
  const { items, next } = sliceOf(all, cursor);
  return (
    <>
      <PageHeader
        title="Connections"
        lead={`AI clients that ${may("admin") ? "members" : "you"} let act in this workspace. They read faces and facts, and change nothing.`}
        actions={
          all.length > 0 && (
            <ButtonLink href={`/api/workspaces/${workspace.id}/connections.csv`} plainAnchor>
              <Download size={16} aria-hidden /> CSV
            </ButtonLink>
          )
        }
      />
      <Flash searchParams={searchParams} />
      <ConnectClient dashboard={dashboard} />
      <Card
        title={all.length === 1 ? "One connection" : `${NUMBER.format(all.length)} connections`}
        action={all.length > 1 && <RevokeAll dashboard={dashboard} count={all.length} />}
        flush
      >
        {all.length === 0 ? (
          <Empty icon={PlugZap} title="No AI client is connected">
            Once somebody allows one on the consent screen, it is listed here, with what it may do and where its answers
            go, and can be revoked here.
          </Empty>
        ) : (
          <ul className="divide-y divide-line border-line border-t">
            {items.map((one) => (
              <Connection key={one.id} dashboard={dashboard} connection={one} />
            ))}
          </ul>
        )}
        <Pager
          words={`${items.length} of ${NUMBER.format(all.length)} connections`}
          firstHref={cursor ? page("connections") : undefined}
          nextHref={next ? withQuery(page("connections"), { cursor: next }) : undefined}
        />
      </Card>
    </>
  );
}

function ConnectClient({ dashboard: { services } }: { dashboard: Dashboard }) {
  const { publicUrl } = services.config;
  return (
    <Card
      title="Connect an AI client"
      detail="Paste this address where the client asks for a connector or MCP server. It then sends you here to allow it."
    >
      <div className="flex flex-col gap-4">
        <CopyField text={services.oauth.mcpResource} what="the address for AI clients" />
        <div className="flex flex-wrap gap-2">
          <ButtonLink href={cursorLink(publicUrl)} plainAnchor>
            Add to Cursor
          </ButtonLink>
          <ButtonLink href={vscodeLink(publicUrl)} plainAnchor>
            Add to VS Code
          </ButtonLink>
        </div>
        <p className="text-quiet text-sm leading-6">
          Step by step:{" "}
          {GUIDES.map(([guide, client], index) => (
            <span key={guide}>
              {index > 0 && ", "}
              <a href={`/docs/connect-${guide}`} className="text-accent underline">
                {client}
              </a>
            </span>
          ))}
          .
        </p>
      </div>
    </Card>
  );
}

function Connection({ dashboard, connection: one }: { dashboard: Dashboard; connection: ConnectionOverview }) {
  const { act, page, token, now, viewer } = dashboard;
  const whose = one.user.userId === viewer.userId ? "you" : one.user.email;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
          <span className="break-words">{one.clientName}</span>
          <Proof connection={one} />
        </p>
        <ul className="mt-1 text-sm leading-6">
          {one.scopes.map((scope) => (
            <li key={scope}>{SCOPES[scope]}</li>
          ))}
        </ul>
        <p className="mt-1 break-words text-quiet text-xs leading-5">
          Allowed by {whose} <Moment iso={one.createdAt} now={now} />; answers go to{" "}
          {PLACES[one.redirectKind](one.redirectHost)}
        </p>
        <p className="text-quiet text-xs leading-5">
          {one.lastUsedAt ? (
            <>
              Last used <Moment iso={one.lastUsedAt} now={now} />
              {one.lastTool && ` for ${toolWords(one.lastTool)}`};{" "}
              <a href={withQuery(page("requests"), { connection: one.id })} className="underline hover:text-ink">
                {one.requestsThisMonth === 1 ? "one request" : `${NUMBER.format(one.requestsThisMonth)} requests`} this
                month
              </a>
            </>
          ) : (
            "Never used"
          )}
        </p>
      </div>
      <Confirm label="Revoke" about={one.clientName}>
        <p className="text-pretty text-sm leading-6">
          {one.clientName} is refused within a second. To use it again, {whose === "you" ? "you have" : `${whose} has`}{" "}
          to allow it again.
        </p>
        <PostForm
          action={act("revoke-connection")}
          token={token}
          hidden={{ id: one.id, back: page("connections") }}
          className="mt-3"
        >
          <Button look="danger">Revoke {one.clientName}</Button>
        </PostForm>
      </Confirm>
    </li>
  );
}

/** How far the client's name can be believed; of a program on somebody's computer it never can. */
function Proof({
  connection: { verified, redirectKind, documentHost, redirectHost },
}: {
  connection: ConnectionOverview;
}) {
  if (verified) return <Badge tone="good">verified: {documentHost ?? redirectHost}</Badge>;
  return <Badge tone="warn">{redirectKind === "https" ? "unverified" : "on a computer, unverified"}</Badge>;
}

function RevokeAll({ dashboard: { act, page, token, may }, count }: { dashboard: Dashboard; count: number }) {
  const words = may("admin") ? `all ${NUMBER.format(count)} connections` : `your ${NUMBER.format(count)} connections`;
  return (
    <Confirm label="Revoke all" about={words}>
      <p className="text-pretty text-sm leading-6">
        {may("admin") ? "Every AI client of every member" : "Every AI client you connected"} is refused within a second.
        Each has to be allowed again before it works again.
      </p>
      <PostForm
        action={act("revoke-connections")}
        token={token}
        hidden={{ back: page("connections") }}
        className="mt-3"
      >
        <Button look="danger">Revoke {words}</Button>
      </PostForm>
    </Confirm>
  );
}
