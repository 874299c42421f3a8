import { csvOfPages } from "./csv.ts";
import type { Read } from "./reads.ts";

const HEADS = [
  "id",
  "at",
  "channel",
  "tool",
  "username",
  "size",
  "outcome",
  "code",
  "units",
  "new_profile",
  "latency_ms",
  "key",
  "client",
  "origin_domain",
];
const ROWS_AT_A_TIME = 500;

/** The requests that the same filters show on the page, newest first. */
export const requestsCsv: Read = async ({ analytics }, viewer, organizationId, url) => {
  const filters = Object.fromEntries(url.searchParams);
  const pageAt = (cursor?: string) =>
    analytics.requests(viewer, organizationId, { filters, cursor, limit: ROWS_AT_A_TIME });
  return csvOfPages("requests", HEADS, pageAt, (one) => [
    one.id,
    one.at,
    one.channel,
    one.tool,
    one.username,
    one.size,
    one.outcome,
    one.code,
    one.units,
    one.newProfile ? 1 : 0,
    one.latencyMs,
    one.key?.name ?? null,
    one.connection?.clientName ?? one.client,
    one.originDomain,
  ]);
};
