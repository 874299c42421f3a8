import { Download, ListChecks } from "lucide-react";
import type { ImportStatus } from "#lib/profiles";
import { Badge, ButtonLink, Card, Empty, FilterSelect, Filters, Notice, Pager, Stat, Table } from "#lib/ui";
import { type Dashboard, withQuery } from "../../../../dashboard.ts";
import { ROW_TONES, ROW_WORDS } from "../import-words.ts";
import { KeepReading } from "./progress.tsx";

const NUMBER = new Intl.NumberFormat("en");
const SHOWN = 50;

type Props = {
  dashboard: Dashboard;
  found: ImportStatus;
  outcome: string | undefined;
  cursor: string | undefined;
};

/** How far an import is, and what became of every entry of the file. */
export async function Report({ dashboard, found, outcome, cursor }: Props) {
  const { services, viewer, workspace, page } = dashboard;
  const { id } = found;
  const rows = await services.imports.report(viewer, workspace.id, id, { outcome, cursor, limit: SHOWN });
  const path = page(`people/imports/${id}`);
  const under = found.status === "waiting" || found.status === "running";
  return (
    <>
      {under && (
        <>
          <KeepReading />
          <Progress found={found} />
        </>
      )}
      {found.problem && <Notice tone="danger">{found.problem.sentence}</Notice>}
      <Counts found={found} />
      <Card title="What became of each entry" flush>
        <div className="px-4 pb-4 sm:px-5">
          <Filters
            clearHref={outcome ? path : undefined}
            download={
              <ButtonLink href={withQuery(`/api/workspaces/${workspace.id}/import.csv`, { id, outcome })} plainAnchor>
                <Download size={15} aria-hidden /> CSV
              </ButtonLink>
            }
          >
            <FilterSelect
              name="outcome"
              label="Outcome"
              value={outcome}
              options={[["", "Every entry"], ...Object.entries(ROW_WORDS)]}
            />
          </Filters>
        </div>
        {rows.items.length === 0 ? (
          <Empty icon={ListChecks} title={under ? "Nothing is through yet" : "No such entry"}>
            {under ? "Entries are listed as they are taken or refused." : "Reports are kept for 30 days."}
          </Empty>
        ) : (
          <Table label="Entries of the file" heads={["Where", "Outcome", "What stands there", "Why"]}>
            {rows.items.map((row) => (
              <tr key={row.n}>
                <td className="whitespace-nowrap text-quiet">{row.where}</td>
                <td>
                  <Badge tone={ROW_TONES[row.outcome]}>{ROW_WORDS[row.outcome]}</Badge>
                </td>
                <td className="max-w-64 break-words">{row.value || <span className="text-quiet">–</span>}</td>
                <td className="min-w-48 text-pretty text-quiet">{row.problem}</td>
              </tr>
            ))}
          </Table>
        )}
        <Pager
          words={rows.items.length === 1 ? "One on this page" : `${rows.items.length} on this page`}
          firstHref={cursor && withQuery(path, { outcome })}
          nextHref={rows.next ? withQuery(path, { outcome, cursor: rows.next }) : undefined}
        />
      </Card>
    </>
  );
}

function Progress({ found: { done, total, status } }: { found: ImportStatus }) {
  const share = total ? Math.min(1, done / total) : 0;
  const words =
    status === "waiting" || total === null
      ? "Waiting for its turn"
      : `${NUMBER.format(done)} of ${NUMBER.format(total)} entries`;
  return (
    <Card>
      <div role="status" className="flex justify-between gap-4 text-sm">
        <span className="font-medium">{words}</span>
        <span className="text-quiet tabular-nums">{Math.floor(share * 100)} %</span>
      </div>
      <div
        role="progressbar"
        aria-label="Import"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
        className="mt-3 h-2 overflow-hidden rounded-full bg-sunk"
      >
        <div className="h-full rounded-full bg-accent" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="mt-3 text-quiet text-sm">You may leave this page: the import goes on.</p>
    </Card>
  );
}

function Counts({ found }: { found: ImportStatus }) {
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label="Taken"
        value={NUMBER.format(found.added + found.updated + found.unchanged)}
        change={`${NUMBER.format(found.added)} new, ${NUMBER.format(found.updated)} brought up to date`}
      />
      <Stat label="Photos" value={NUMBER.format(found.photos)} />
      <Stat label="Merged" value={NUMBER.format(found.merged)} change="Further rows of the same people" />
      <Stat
        label="Refused"
        value={NUMBER.format(found.refused)}
        change={found.suppressed > 0 ? `and ${NUMBER.format(found.suppressed)} who are suppressed` : undefined}
      />
    </dl>
  );
}
