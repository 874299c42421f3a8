import { csvOfPages } from "./csv.ts";
import type { Read } from "./reads.ts";

const ROWS_AT_A_TIME = 1_000;

/** What became of each entry of an import (`id`), or of those with one outcome. */
export const importCsv: Read = async ({ imports }, viewer, organizationId, url) => {
  const outcome = url.searchParams.get("outcome") ?? undefined;
  const pageAt = (cursor?: string) =>
    imports.report(viewer, organizationId, url.searchParams.get("id") ?? "", {
      outcome,
      cursor,
      limit: ROWS_AT_A_TIME,
    });
  return csvOfPages("import", ["Where", "Outcome", "Value", "Why"], pageAt, (one) => [
    one.where,
    one.outcome,
    one.value,
    one.problem,
  ]);
};
