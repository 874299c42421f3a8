import { csvResponse } from "./csv.ts";
import type { Read } from "./reads.ts";

const HEADS = [
  "client",
  "verified",
  "redirect_host",
  "scopes",
  "allowed_by",
  "allowed_at",
  "last_used_at",
  "last_tool",
  "requests_this_month",
];

/** The connections that stand, as their page lists them. */
export const connectionsCsv: Read = async ({ connections }, viewer, organizationId) => {
  const all = await connections.overview(viewer, organizationId);
  async function* rows() {
    for (const { clientName, verified, redirectHost, scopes, user, ...one } of all) {
      const { createdAt, lastUsedAt, lastTool, requestsThisMonth } = one;
      const told = [clientName, verified ? 1 : 0, redirectHost, scopes.join(" "), user.email];
      yield [...told, createdAt, lastUsedAt, lastTool, requestsThisMonth];
    }
  }
  return csvResponse("connections", HEADS, rows());
};
