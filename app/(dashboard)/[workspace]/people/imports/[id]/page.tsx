import { FileX } from "lucide-react";
import type { Metadata } from "next";
import { Badge, ButtonLink, Card, Empty, Moment, PageHeader } from "#lib/ui";
import { firstOf, openDashboard, type PageProps } from "../../../../dashboard.ts";
import { Flash } from "../../../../flash.tsx";
import { IMPORT_TONES, IMPORT_WORDS } from "../import-words.ts";
import { Steps } from "../steps.tsx";
import { Columns } from "./columns.tsx";
import { Report } from "./report.tsx";

export const metadata: Metadata = { title: "Import" };

/** One import: what the columns of a CSV hold, then how far it is, then what became of every entry of the file. */
export default async function Import({ params, searchParams }: PageProps<{ id: string }>) {
  const { workspace: workspaceId, id } = await params;
  const dashboard = await openDashboard(workspaceId);
  const { services, viewer, workspace, page, now } = dashboard;
  const asked = await searchParams;
  const found = await services.imports.get(viewer, workspace.id, id);
  const way = [
    [page("people"), "People"],
    [page("people/import"), "Import people"],
  ] as const;
  const preview = found?.status === "mapping" && (await services.imports.mapping.preview(viewer, workspace.id, id));
  if (!found || (found.status === "mapping" && !preview)) {
    return (
      <>
        <PageHeader title={found?.fileName ?? "No such import"} way={way} />
        <Card flush>
          <Empty icon={FileX} title={found ? "The file is not there any more" : "This workspace has no such import"}>
            {found
              ? "Nothing of it was imported. Choose it again to go on."
              : "Its imports are listed on the page where a file is chosen."}
          </Empty>
        </Card>
      </>
    );
  }
  const under = found.status === "waiting" || found.status === "running";
  return (
    <>
      <PageHeader
        title={found.fileName}
        way={way}
        lead={
          <>
            <Badge tone={IMPORT_TONES[found.status]}>{IMPORT_WORDS[found.status]}</Badge> by{" "}
            {found.startedBy?.email ?? "the operator"}, <Moment iso={found.createdAt} now={now} />
          </>
        }
        actions={!under && !preview && <ButtonLink href={page("people")}>See the people</ButtonLink>}
      />
      <Steps at={preview ? 1 : under ? 2 : 4} />
      {preview && <Flash searchParams={searchParams} />}
      {preview ? (
        <Columns dashboard={dashboard} found={found} preview={preview} />
      ) : (
        <Report
          dashboard={dashboard}
          found={found}
          outcome={firstOf(asked["outcome"])}
          cursor={firstOf(asked["cursor"])}
        />
      )}
    </>
  );
}
