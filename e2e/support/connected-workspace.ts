import type { Services } from "../../lib/services.ts";
import { type Connection, type ConnectionOptions, connect } from "./connection.ts";
import { type Workspace, workspace } from "./services.ts";

/** A workspace with a connection whose user is its owner, and the key that connecting makes. */
export async function connectedWorkspace(
  services: Services,
  options: Partial<ConnectionOptions> & { limits?: Partial<Record<string, number>> } = {},
): Promise<Workspace & Connection> {
  const { limits, ...more } = options;
  const own = await workspace(services, limits);
  const connection = await connectTo(services, own.id, more);
  await services.keys.manager.provisionMcpKey(own.id, connection.userId);
  return { ...own, ...connection };
}

/** A connection to an existing workspace, without a new key. */
export function connectTo(
  services: Services,
  organizationId: string,
  options: Partial<ConnectionOptions> = {},
): Promise<Connection> {
  return connect(services.db.query, { organizationId, resource: services.oauth.mcpResource, ...options });
}
