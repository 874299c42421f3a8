import { csvOfPages } from "./csv.ts";
import type { Read } from "./reads.ts";

const HEADS = ["id", "at", "actor", "actor_email", "action", "target", "target_name", "detail"];
const ROWS_AT_A_TIME = 500;

/** The lines of the audit log that the same filters show on the page, newest first. */
export const activityCsv: Read = async ({ audit }, viewer, organizationId, url) => {
  const [action, actor] = ["action", "actor"].map((name) => url.searchParams.get(name) ?? undefined);
  const pageAt = (cursor?: string) =>
    audit.list(viewer, organizationId, { action, actor, cursor, limit: ROWS_AT_A_TIME });
  return csvOfPages(
    "activity",
    HEADS,
    pageAt,
    ({ id, at, actor: who, actorEmail, action: what, target, targetName, detail }) => [
      id,
      at,
      who,
      actorEmail,
      what,
      target,
      targetName,
      JSON.stringify(detail),
    ],
  );
};
