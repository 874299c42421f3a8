import { csvResponse } from "./csv.ts";
import type { Read } from "./reads.ts";

/** Everybody who belongs to the workspace. */
export const membersCsv: Read = async ({ members }, viewer, organizationId) => {
  const all = await members.list(viewer, organizationId);
  async function* rows() {
    for (const { email, name, role, since } of all) yield [email, name, role, since];
  }
  return csvResponse("members", ["email", "name", "role", "since"], rows());
};
