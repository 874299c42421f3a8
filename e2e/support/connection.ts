import { hashToken, newToken } from "../../lib/oauth/tokens.ts";
import type { Query } from "../../lib/platform/db.ts";
import { newId } from "../../lib/platform/ids.ts";

export type Connection = {
  token: string;
  connectionId: string;
  userId: string;
  organizationId: string;
};

export type ConnectionOptions = {
  organizationId: string;
  resource: string;
  /** Of another connection, to make a second one of theirs. */
  userId?: string;
  role?: "owner" | "admin" | "member";
  scopes?: readonly string[];
  clientName?: string;
  knownClient?: string | null;
  /** Of the access token; it may lie in the past. */
  expiresInMs?: number;
};

const SCOPES = ["avatars:read", "profiles:read", "keys:read"];

/** What consent and the token endpoint leave behind: a user, their membership, a connection and an access token. */
export async function connect(query: Query, options: ConnectionOptions): Promise<Connection> {
  const { organizationId, resource, scopes = SCOPES, clientName = "Test client" } = options;
  const now = Date.now();
  const userId = options.userId ?? newId("usr", now);
  const connectionId = newId("con", now);
  const clientId = newId("cli", now);
  const token = newToken("access");
  await query('insert into "user" (id, email, created_at) values ($1, $2, now()) on conflict do nothing', [
    userId,
    `${userId}@example.com`,
  ]);
  await query(
    "insert into membership (organization_id, user_id, role, created_at) values ($1, $2, $3, now()) on conflict do nothing",
    [organizationId, userId, options.role ?? "owner"],
  );
  await query(
    `insert into connection (id, organization_id, user_id, client_id, client_name, known_client, redirect_host,
       redirect_uris, scopes, resource, created_at)
     values ($1, $2, $3, $4, $5, $6, 'client.example', '{https://client.example/callback}', $7, $8, now())`,
    [connectionId, organizationId, userId, clientId, clientName, options.knownClient ?? null, scopes, resource],
  );
  await query(
    `insert into access_token (hash, connection_id, family_id, scopes, resource, created_at, expires_at)
     values ($1, $2, $3, $4, $5, now(), $6)`,
    [
      hashToken(token),
      connectionId,
      newId("fam", now),
      scopes,
      resource,
      new Date(now + (options.expiresInMs ?? 3_600_000)),
    ],
  );
  return { token, connectionId, userId, organizationId };
}
