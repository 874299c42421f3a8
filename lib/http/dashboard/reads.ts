import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { handler } from "../handler.ts";
import { readSession, type SignedIn } from "../session.ts";
import { activityCsv } from "./activity-csv.ts";
import { connectionsCsv } from "./connections-csv.ts";
import { importCsv } from "./import-csv.ts";
import { keysCsv } from "./keys-csv.ts";
import { membersCsv } from "./members-csv.ts";
import { peopleCsv } from "./people-csv.ts";
import { requestsCsv } from "./requests-csv.ts";
import { search } from "./search.ts";
import { usageCsv } from "./usage-csv.ts";

/** What pages of a workspace fetch or offer for download; who may is asked where the rows are. */
export type Read = (services: Services, viewer: SignedIn, organizationId: string, url: URL) => Promise<Response>;

export const READS: Readonly<Record<string, Read>> = {
  search,
  "activity.csv": activityCsv,
  "connections.csv": connectionsCsv,
  "import.csv": importCsv,
  "keys.csv": keysCsv,
  "members.csv": membersCsv,
  "people.csv": peopleCsv,
  "requests.csv": requestsCsv,
  "usage.csv": usageCsv,
};

/** `GET /api/workspaces/<organization>/<read>`, for the signed-in person's browser alone. */
export const workspaceReads = handler({ methods: ["GET"] }, async (request, services) => {
  const url = new URL(request.url);
  const [, , , organizationId = "", name = "", ...more] = url.pathname.split("/");
  const read = Object.hasOwn(READS, name) && more.length === 0 ? READS[name] : undefined;
  if (!read) throw new AppError("not_found");
  const session = await readSession(request.headers, services);
  if (!session) throw new AppError("sign_in_needed");
  const response = await read(services, session, organizationId, url);
  response.headers.set("cache-control", "private, no-store");
  return response;
});
