import { actorOf, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";

/** A grant that stands: which client may act for whom, and for what. Times are ISO. */
export type ConnectionSummary = {
  id: string;
  organizationId: string;
  userId: string;
  userEmail: string;
  clientName: string;
  /** Which known client it was recognised as; null is unverified. */
  knownClient: string | null;
  redirectHost: string;
  scopes: string[];
  createdAt: string;
  lastUsedAt: string | null;
};

type Row = Omit<ConnectionSummary, "createdAt" | "lastUsedAt"> & { createdAt: Date; lastUsedAt: Date | null };

/** Lists the connections that stand, and ends them. */
export function createConnections({ db, clock }: { db: Database; clock: Clock }) {
  return {
    list: async (organizationId: string): Promise<ConnectionSummary[]> =>
      (await db.query<Row>(`${SELECT} and c.organization_id = $1 order by c.id`, [organizationId])).map(summary),

    listOfUser: async (userId: string): Promise<ConnectionSummary[]> =>
      (await db.query<Row>(`${SELECT} and c.user_id = $1 order by c.id`, [userId])).map(summary),

    /**
     * Ends a connection and every token that hangs on it; false when it does not stand, or is not the viewer's to end
     * (their own, or one of an organization they are admin or owner of).
     */
    async revoke(viewer: Viewer, connectionId: string, reason: string): Promise<boolean> {
      return db.transaction(async (query) => {
        const [ended] = await query<{ organizationId: string }>(
          `update connection c set revoked_at = $2, revoked_reason = $3
           where c.id = $1 and c.revoked_at is null and ($4::text is null or c.user_id = $4 or exists (
             select 1 from membership m where m.organization_id = c.organization_id and m.user_id = $4
               and m.role in ('owner', 'admin')))
           returning c.organization_id as "organizationId"`,
          [connectionId, new Date(clock.now()), reason, viewer === "operator" ? null : viewer.userId],
        );
        if (!ended) return false;
        for (const table of ["access_token", "refresh_token"])
          await query(`update ${table} set revoked_at = $2 where connection_id = $1 and revoked_at is null`, [
            connectionId,
            new Date(clock.now()),
          ]);
        await recordAudit(query, clock, {
          organizationId: ended.organizationId,
          actor: actorOf(viewer),
          action: "connection.revoke",
          target: connectionId,
          detail: { reason },
        });
        return true;
      });
    },
  };
}

const SELECT = `
select c.id, c.organization_id as "organizationId", c.user_id as "userId", u.email as "userEmail",
  c.client_name as "clientName", c.known_client as "knownClient", c.redirect_host as "redirectHost", c.scopes,
  c.created_at as "createdAt", c.last_used_at as "lastUsedAt"
from connection c join "user" u on u.id = c.user_id where c.revoked_at is null`;

function summary({ createdAt, lastUsedAt, ...rest }: Row): ConnectionSummary {
  return { ...rest, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
