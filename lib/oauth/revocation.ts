import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { hashToken } from "./tokens.ts";

/**
 * Token revocation (RFC 7009): an access token ends alone, a refresh token with all that descends from the same code.
 * A token of another client, or one that is none, changes nothing. When a client gave back the last of its tokens, its
 * connection is over too, so that nobody is shown one that cannot do anything any more.
 */
export function createRevocation({ db, clock }: { db: Database; clock: Clock }) {
  return async function revoke({ clientId, token }: { clientId: string; token: string }): Promise<void> {
    const hash = hashToken(token);
    const [found] = await db.query<{ connectionId: string; familyId: string }>(
      `select connection_id as "connectionId", family_id as "familyId" from refresh_token where hash = $1 and client_id = $2`,
      [hash, clientId],
    );
    const now = new Date(clock.now());
    if (!found) {
      await db.query(
        `update access_token t set revoked_at = $3 from connection c
         where t.hash = $1 and c.id = t.connection_id and c.client_id = $2 and t.revoked_at is null`,
        [hash, clientId, now],
      );
      return;
    }
    await db.transaction(async (query) => {
      const [connection] = await query<{ organizationId: string; revoked: boolean }>(
        `select organization_id as "organizationId", revoked_at is not null as revoked from connection where id = $1 for update`,
        [found.connectionId],
      );
      await query("update access_token set revoked_at = $2 where family_id = $1 and revoked_at is null", [
        found.familyId,
        now,
      ]);
      await query("update refresh_token set revoked_at = $2 where family_id = $1 and revoked_at is null", [
        found.familyId,
        now,
      ]);
      const [left] = await query(
        // A code that waits to be exchanged is somebody who has just connected again.
        `select 1 from refresh_token where connection_id = $1 and revoked_at is null and used_at is null and expires_at > $2
         union all select 1 from authorization_code where connection_id = $1 and used_at is null and expires_at > $2 limit 1`,
        [found.connectionId, now],
      );
      if (left || !connection || connection.revoked) return;
      await query("update connection set revoked_at = $2, revoked_reason = 'client' where id = $1", [
        found.connectionId,
        now,
      ]);
      await recordAudit(query, clock, {
        organizationId: connection.organizationId,
        actor: "client",
        action: "connection.revoke",
        target: found.connectionId,
        detail: { reason: "client", clientId },
      });
    });
  };
}
