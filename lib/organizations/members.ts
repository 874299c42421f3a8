import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { Role } from "./organizations.ts";
import { actorOf, atLeast, lockMembers, requireRole, type Viewer } from "./viewer.ts";

export type Member = { userId: string; email: string; name: string | null; role: Role; since: string };

/** Who belongs to an organization. Every function reads the viewer's role where it does its work. */
export function createMembers({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Everybody, for every member to see. */
    async list(viewer: Viewer, organizationId: string): Promise<Member[]> {
      await requireRole(db.query, organizationId, viewer, "member");
      const rows = await db.query<Omit<Member, "since"> & { createdAt: Date }>(
        `select m.user_id as "userId", u.email, u.name, m.role, m.created_at as "createdAt"
         from membership m join "user" u on u.id = m.user_id where m.organization_id = $1 order by m.created_at, m.user_id`,
        [organizationId],
      );
      return rows.map(({ createdAt, ...member }) => ({ ...member, since: createdAt.toISOString() }));
    },

    /**
     * Gives a member another role. Admins change members and admins, owners everybody; nobody gives more than they have.
     * Throws AppError `organization_not_found`, `member_not_found`, `role_too_low`, `last_owner`.
     */
    async setRole(viewer: Viewer, organizationId: string, userId: string, role: Role): Promise<void> {
      await db.transaction(async (query) => {
        await lockMembers(query, organizationId);
        const own = await requireRole(query, organizationId, viewer, "admin");
        const member = await findMember(query, organizationId, userId);
        if (!atLeast(own, member.role) || !atLeast(own, role)) throw new AppError("role_too_low");
        if (member.role === role) return;
        if (member.role === "owner" && member.owners <= 1) throw new AppError("last_owner");
        await query("update membership set role = $3 where organization_id = $1 and user_id = $2", [
          organizationId,
          userId,
          role,
        ]);
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOf(viewer),
          action: "member.role",
          target: userId,
          detail: { from: member.role, to: role },
        });
      });
    },

    /**
     * Ends a membership, and with it what that person let AI clients do here and the invitations they have open. What
     * they made, keys among it, belongs to the organization and stays. Anybody may leave; admins remove members and
     * admins, owners everybody. Throws AppError `organization_not_found`, `member_not_found`, `role_too_low`, `last_owner`.
     */
    async remove(viewer: Viewer, organizationId: string, userId: string): Promise<void> {
      await db.transaction(async (query) => {
        await lockMembers(query, organizationId);
        const leaves = viewer !== "operator" && viewer.userId === userId;
        const own = await requireRole(query, organizationId, viewer, leaves ? "member" : "admin");
        const member = await findMember(query, organizationId, userId);
        if (!leaves && !atLeast(own, member.role)) throw new AppError("role_too_low");
        if (member.role === "owner" && member.owners <= 1) throw new AppError("last_owner");
        await query("delete from membership where organization_id = $1 and user_id = $2", [organizationId, userId]);
        const actor = actorOf(viewer);
        await recordAudit(query, clock, { organizationId, actor, action: "member.remove", target: userId });
        await endWhatTheyHold(query, organizationId, userId, actor);
      });
    },
  };

  async function findMember(query: Query, organizationId: string, userId: string) {
    const [member] = await query<{ role: Role; owners: number }>(
      `select role, (select count(*) from membership where organization_id = $1 and role = 'owner') as owners
       from membership where organization_id = $1 and user_id = $2`,
      [organizationId, userId],
    );
    if (!member) throw new AppError("member_not_found");
    return member;
  }

  async function endWhatTheyHold(query: Query, organizationId: string, userId: string, actor: string): Promise<void> {
    const now = new Date(clock.now());
    const connections = await query<{ id: string }>(
      `with ended as (
         update connection set revoked_at = $3, revoked_reason = 'member_removed'
         where organization_id = $1 and user_id = $2 and revoked_at is null returning id
       ), access as (
         update access_token set revoked_at = $3 where connection_id in (select id from ended) and revoked_at is null
       ), refresh as (
         update refresh_token set revoked_at = $3 where connection_id in (select id from ended) and revoked_at is null
       )
       select id from ended order by id`,
      [organizationId, userId, now],
    );
    for (const { id } of connections) {
      const detail = { reason: "member_removed" };
      await recordAudit(query, clock, { organizationId, actor, action: "connection.revoke", target: id, detail });
    }
    const invitations = await query<{ id: string }>(
      `update invitation set revoked_at = $3 where organization_id = $1 and created_by_id = $2
         and revoked_at is null and accepted_at is null returning id`,
      [organizationId, userId, now],
    );
    for (const { id } of invitations)
      await recordAudit(query, clock, { organizationId, actor, action: "invitation.revoke", target: id });
  }
}
