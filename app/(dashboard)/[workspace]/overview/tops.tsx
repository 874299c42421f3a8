import Link from "next/link";
import type { ReactNode } from "react";
import type { AnalyticsOverview } from "#lib/analytics";
import { pictureAddress } from "#lib/avatars";
import { Card, Face } from "#lib/ui";
import { type Dashboard, withQuery } from "../../dashboard.ts";

const NUMBER = new Intl.NumberFormat("en");
const SHOWN = 6;

/** Who was asked for most, with which keys, by which AI clients. */
export async function Tops({ dashboard, overview }: { dashboard: Dashboard; overview: AnalyticsOverview }) {
  const { services, workspace, page, personPage } = dashboard;
  const people = await Promise.all(
    overview.topProfiles.slice(0, SHOWN).map(async ({ username, requests }) => ({
      requests,
      ...(await services.avatars.look(workspace.id, username)),
    })),
  );
  const { totals, topKeys, topClients, profilesOf } = overview;
  return (
    <div className="grid gap-6 lg:grid-cols-3">
      <Top
        title="Most asked for"
        detail={profilesOf < totals.requests ? `Of the latest ${NUMBER.format(profilesOf)} requests.` : undefined}
        empty="Nobody in this time."
        rows={people.map((person) => ({
          key: person.username,
          href: personPage(person.username),
          words: person.name || person.username,
          before: <Face src={pictureAddress(person, 32)} src2x={pictureAddress(person, 64)} name="" size={28} />,
          requests: person.requests,
        }))}
      />
      <Top
        title="Keys"
        empty="No key was used in this time."
        rows={topKeys.slice(0, SHOWN).map((key) => ({
          key: key.id,
          href: withQuery(page("requests"), { key: key.id }),
          words: key.name,
          detail: `…${key.last4}`,
          requests: key.requests,
        }))}
      />
      <Top
        title="Clients"
        empty="No client asked in this time."
        rows={topClients.slice(0, SHOWN).map(({ client, requests }) => ({
          key: client,
          href: withQuery(page("requests"), { client }),
          words: client,
          requests,
        }))}
      />
    </div>
  );
}

type Row = { key: string; href: string; words: string; detail?: string; before?: ReactNode; requests: number };

function Top(props: { title: string; detail?: string | undefined; empty: string; rows: readonly Row[] }) {
  const most = Math.max(1, ...props.rows.map(({ requests }) => requests));
  return (
    <Card title={props.title} detail={props.detail}>
      {props.rows.length === 0 ? (
        <p className="text-quiet text-sm">{props.empty}</p>
      ) : (
        <ul className="-my-1 flex flex-col gap-1">
          {props.rows.map(({ key, href, words, detail, before, requests }) => (
            <li key={key} className="relative flex min-h-9 items-center gap-2.5 px-2 text-sm">
              <span
                aria-hidden
                className="absolute inset-y-0 left-0 rounded-md bg-sunk"
                style={{ width: `${(requests / most) * 100}%` }}
              />
              <span className="relative flex min-w-0 flex-1 items-center gap-2.5">
                {before}
                <Link href={href} prefetch={false} className="truncate hover:underline">
                  {words}
                </Link>
                {detail && <span className="shrink-0 font-mono text-quiet text-xs">{detail}</span>}
              </span>
              <span className="relative shrink-0 tabular-nums">{NUMBER.format(requests)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
