import { sharedServices } from "#lib/services";
import { avatar } from "./endpoints/avatar.ts";
import { avatars } from "./endpoints/avatars.ts";
import { cdn } from "./endpoints/cdn.ts";
import { healthz, readyz } from "./endpoints/health.ts";
import { leakedKeys } from "./endpoints/leaked-keys.ts";
import { openapi } from "./endpoints/openapi.ts";
import { profile } from "./endpoints/profile.ts";
import { usage } from "./endpoints/usage.ts";
import type { Handler } from "./handler.ts";

/**
 * The addresses that server.ts answers ahead of Next. app/ mounts the same handlers at the same addresses, so that
 * any Next host serves them too; a test proves that both answer alike. A path that ends in / stands for all below.
 */
export const HOT_MOUNTS: Readonly<Record<string, Handler>> = {
  "/v1/avatar": avatar,
  "/v1/avatars": avatars,
  "/v1/profile": profile,
  "/v1/usage": usage,
  "/cdn/": cdn,
  "/healthz": healthz,
  "/readyz": readyz,
  "/api/docs/openapi": openapi,
  "/api/leaked-keys": leakedKeys,
};

/** The handler of a path, if it is mounted ahead of Next. */
export function findMount(path: string): Handler | undefined {
  return HOT_MOUNTS[path] ?? (path.startsWith("/cdn/") ? HOT_MOUNTS["/cdn/"] : undefined);
}

/** A mount as a Next route handler. */
export function nextRoute(mount: keyof typeof HOT_MOUNTS): (request: Request) => Promise<Response> {
  const handle = HOT_MOUNTS[mount];
  if (!handle) throw new Error(`nothing is mounted at ${mount}`);
  return async (request) => handle(request, await sharedServices());
}
