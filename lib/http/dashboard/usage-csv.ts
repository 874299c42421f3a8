import { monthOf } from "#lib/platform/clock";
import { csvResponse } from "./csv.ts";
import type { Read } from "./reads.ts";

const HEADS = ["day", "kind", "name", "last4", "client", "requests", "units"];

/** What each key and connection used on each day of the running month (UTC). */
export const usageCsv: Read = async ({ analytics, clock }, viewer, organizationId) => {
  const days = await analytics.sourceDays(viewer, organizationId, monthOf(clock.now()));
  async function* rows() {
    for (const { day, kind, name, last4, client, requests, units } of days)
      yield [day, kind, name, last4, client, requests, units];
  }
  return csvResponse("usage", HEADS, rows());
};
