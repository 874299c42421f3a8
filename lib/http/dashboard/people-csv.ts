import { canonicalUrl } from "#lib/profiles";
import { csvOfPages } from "./csv.ts";
import type { Read } from "./reads.ts";

const HEADS = [
  "Username",
  "LinkedIn URL",
  "First name",
  "Last name",
  "Headline",
  "Company",
  "Position",
  "Location",
  "Status",
  "Source",
  "Imported",
  "First looked up",
];
const ROWS_AT_A_TIME = 1_000;

/** The people that the same filters show on the page, by username. */
export const peopleCsv: Read = async ({ profiles }, viewer, organizationId, url) => {
  const [search, status] = ["search", "status"].map((name) => url.searchParams.get(name) ?? undefined);
  const pageAt = (cursor?: string) =>
    profiles.people.list(viewer, organizationId, { search, status, cursor, limit: ROWS_AT_A_TIME });
  return csvOfPages("people", HEADS, pageAt, (one) => [
    one.username,
    canonicalUrl(one.username),
    one.firstName,
    one.lastName,
    one.headline,
    one.company,
    one.position,
    one.location,
    one.status,
    one.source,
    one.importedAt,
    one.firstLookedUpAt,
  ]);
};
