import { LRUCache } from "lru-cache";
import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";
import { hashToken, looksLikeAccessToken } from "./tokens.ts";

/** What an access token stands for. `role` is the user's role in the organization now. */
export type AccessGrant = {
  connectionId: string;
  organizationId: string;
  userId: string;
  role: "owner" | "admin" | "member";
  clientId: string;
  clientName: string;
  knownClient: string | null;
  scopes: readonly string[];
};

/** `reason` is for logs: whoever presented the token is told no more than `invalid_token` (RFC 6750, 3.1). */
export type TokenVerification =
  | { ok: true; grant: AccessGrant }
  | { ok: false; reason: "unknown" | "expired" | "revoked" | "other_resource" };

type Stored = AccessGrant & { resource: string; expiresAt: number; live: boolean };
type TokenRow = Omit<AccessGrant, "role"> & {
  hash: Buffer;
  role: AccessGrant["role"] | null;
  resource: string;
  expiresAt: Date;
  revoked: boolean;
};

/** How long an answer of the database is believed: a revocation, and the end of a membership, hold within a second. */
const REMEMBER_MS = 500;
const LAST_USED_EVERY_MS = 60_000;

/**
 * Checks access tokens, in one statement for all that wait. A token is good while it is neither expired nor revoked, its
 * connection stands, its user is a member of the organization, and it was issued for `resource` (RFC 8707).
 */
export function createAccessTokens({ db, clock, log }: { db: Database; clock: Clock; log: Log }) {
  const remembered = new LRUCache<string, { stored: Stored | null; until: number }>({ max: 20_000 });
  const loading = new Map<string, Promise<Stored | null>>();
  const usedAt = new LRUCache<string, number>({ max: 20_000 });

  const load = createBatcher<string, Stored | null>({
    maxItems: 256,
    maxInFlight: 2,
    run: async (tokens) => {
      const hashes = tokens.map(hashToken);
      const rows = await db.query<TokenRow>(FIND, [hashes]);
      const found = new Map(rows.map((row) => [row.hash.toString("hex"), row]));
      return hashes.map((hash) => {
        const row = found.get(hash.toString("hex"));
        if (!row) return null;
        const { hash: _, role, revoked, expiresAt, ...grant } = row;
        return { ...grant, role: role ?? "member", live: !revoked && role !== null, expiresAt: expiresAt.getTime() };
      });
    },
  });

  async function stored(token: string): Promise<Stored | null> {
    const known = remembered.get(token);
    if (known && known.until > clock.now()) return known.stored;
    const under = loading.get(token);
    if (under) return under;
    // The answer is as old as the moment it was asked for.
    const until = clock.now() + REMEMBER_MS;
    const answer = load(token).then((row) => {
      remembered.set(token, { stored: row, until });
      return row;
    });
    loading.set(token, answer);
    try {
      return await answer;
    } finally {
      loading.delete(token);
    }
  }

  function noteUse(connectionId: string): void {
    const now = clock.now();
    if (now - (usedAt.get(connectionId) ?? 0) < LAST_USED_EVERY_MS) return;
    usedAt.set(connectionId, now);
    db.query("update connection set last_used_at = $2 where id = $1", [connectionId, new Date(now)]).catch((error) => {
      log.debug({ err: error }, "last use of a connection was not noted");
    });
  }

  return async function verify(token: string, resource: string): Promise<TokenVerification> {
    if (!looksLikeAccessToken(token)) return { ok: false, reason: "unknown" };
    const row = await stored(token);
    if (!row) return { ok: false, reason: "unknown" };
    const { live, expiresAt, resource: issuedFor, ...grant } = row;
    if (!live) return { ok: false, reason: "revoked" };
    if (expiresAt <= clock.now()) return { ok: false, reason: "expired" };
    if (issuedFor !== resource) return { ok: false, reason: "other_resource" };
    noteUse(grant.connectionId);
    return { ok: true, grant };
  };
}

const FIND = `
select t.hash, t.scopes, t.resource, t.expires_at as "expiresAt", c.id as "connectionId",
  c.organization_id as "organizationId", c.user_id as "userId", c.client_id as "clientId", c.client_name as "clientName",
  c.known_client as "knownClient", m.role, (t.revoked_at is not null or c.revoked_at is not null) as revoked
from access_token t
join connection c on c.id = t.connection_id
left join membership m on m.organization_id = c.organization_id and m.user_id = c.user_id
where t.hash = any($1::bytea[])`;
