import { csvResponse } from "./csv.ts";
import type { Read } from "./reads.ts";

const HEADS = [
  "name",
  "type",
  "last4",
  "allowed_domains",
  "created_at",
  "created_by",
  "last_used_at",
  "units_this_month",
  "status",
];

/** Every key there was, without the keys themselves. */
export const keysCsv: Read = async ({ keys }, viewer, organizationId) => {
  const all = await keys.overview(viewer, organizationId);
  async function* rows() {
    for (const key of all) {
      const domains = key.allowedDomains.join(" ");
      const madeBy = key.createdBy?.email ?? null;
      const { name, type, last4, createdAt, lastUsedAt, unitsThisMonth, status } = key;
      yield [name, type, last4, domains, createdAt, madeBy, lastUsedAt, unitsThisMonth, status];
    }
  }
  return csvResponse("keys", HEADS, rows());
};
