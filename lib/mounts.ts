/**
 * The addresses that server.ts answers ahead of Next. app/ mounts the same handlers at the same addresses, so that
 * any Next host serves them too; a test proves that both answer alike.
 */
import { DOCS_MOUNTS } from "#lib/docs";
import { type Handler, HTTP_MOUNTS } from "#lib/http";
import { MCP_MOUNTS } from "#lib/mcp";
import { sharedServices } from "#lib/services";

/** A path that ends in / stands for all below; a * in a path stands for anything. */
export const HOT_MOUNTS: Readonly<Record<string, Handler>> = { ...HTTP_MOUNTS, ...MCP_MOUNTS, ...DOCS_MOUNTS };

const PATTERNS = Object.keys(HOT_MOUNTS)
  .filter((path) => path.endsWith("/") || path.includes("*"))
  .map((path) => ({ path, ends: path.split("*") as [string, string?] }));

/** The handler of a path, if it is mounted ahead of Next. */
export function findMount(path: string): Handler | undefined {
  const exact = Object.hasOwn(HOT_MOUNTS, path) ? HOT_MOUNTS[path] : undefined;
  if (exact) return exact;
  const pattern = PATTERNS.find(({ ends: [start, end = ""] }) => path.startsWith(start) && path.endsWith(end));
  return pattern && HOT_MOUNTS[pattern.path];
}

/** A mount as a Next route handler. */
export function nextRoute(mount: string): (request: Request) => Promise<Response> {
  const handle = HOT_MOUNTS[mount];
  if (!handle) throw new Error(`nothing is mounted at ${mount}`);
  return async (request) => handle(request, await sharedServices());
}
