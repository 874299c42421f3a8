import Link from "next/link";
import { Badge, Card, Moment, Pager } from "#lib/ui";
import { type Dashboard, withQuery } from "../../../dashboard.ts";
import { IMPORT_TONES, IMPORT_WORDS } from "../imports/import-words.ts";

const NUMBER = new Intl.NumberFormat("en");
const SHOWN = 10;

/** The imports there were, newest first. */
export async function Earlier({ dashboard, cursor }: { dashboard: Dashboard; cursor: string | undefined }) {
  const { services, viewer, workspace, page, now } = dashboard;
  const { items, next } = await services.imports.list(viewer, workspace.id, { cursor, limit: SHOWN });
  if (items.length === 0) return null;
  return (
    <Card title="Earlier imports" flush>
      <ul className="divide-y divide-line border-line border-t">
        {items.map((one) => (
          <li key={one.id} className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-sm sm:px-5">
            <div className="min-w-0 flex-1 basis-48">
              <Link
                href={page(`people/imports/${one.id}`)}
                prefetch={false}
                className="break-words font-medium after:absolute after:inset-0 after:content-['']"
              >
                {one.fileName}
              </Link>
              <p className="text-quiet text-xs leading-5">
                {NUMBER.format(one.added + one.updated + one.unchanged)} taken, {NUMBER.format(one.refused)} refused ·{" "}
                <Moment iso={one.createdAt} now={now} />
              </p>
            </div>
            <Badge tone={IMPORT_TONES[one.status]}>{IMPORT_WORDS[one.status]}</Badge>
          </li>
        ))}
      </ul>
      <Pager
        words={items.length === 1 ? "One on this page" : `${items.length} on this page`}
        firstHref={cursor && page("people/import")}
        nextHref={next ? withQuery(page("people/import"), { cursor: next }) : undefined}
      />
    </Card>
  );
}
