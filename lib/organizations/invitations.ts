import { createHash, randomBytes } from "node:crypto";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import { normalizeEmail } from "./email.ts";
import type { Role } from "./organizations.ts";
import { actorOf, atLeast, lockMembers, requireRole, type Viewer } from "./viewer.ts";

export type Invitation = {
  id: string;
  role: Role;
  /** Who alone may use it; null is whoever has the link. */
  email: string | null;
  /** Who made it; null is the operator, or somebody who is gone. */
  invitedBy: string | null;
  expiresAt: string;
};

const DAY_MS = 86_400_000;
const LIFETIME_MS = 7 * DAY_MS;
/** Invitations that may be mailed in a day: of one workspace, and to one address by everybody. */
export const INVITATION_MAILS_A_DAY = { organization: 50, address: 3 } as const;
const TOKEN = /^[\w-]{43}$/;
const OPEN = "i.accepted_at is null and i.revoked_at is null and i.expires_at >";

/** Links by which people join an organization: good once, for seven days, or until they are revoked. */
export function createInvitations({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /**
     * Makes an invitation; its token is told here and never again. Admins invite members and admins, owners everybody.
     * With `mail`, one for a named address is counted as mailed if it still may be: `mayMail` says so.
     * Throws AppError `organization_not_found`, `role_too_low`, `invalid_email`.
     */
    async create(
      viewer: Viewer,
      organizationId: string,
      wanted: { role: Role; email?: string | null; mail?: boolean },
    ): Promise<{ id: string; token: string; expiresAt: string; mayMail: boolean }> {
      const email = wanted.email ? normalizeEmail(wanted.email) : null;
      if (wanted.email && !email) throw new AppError("invalid_email");
      const now = clock.now();
      const id = newId("inv", now);
      const token = randomBytes(32).toString("base64url");
      const expiresAt = new Date(now + LIFETIME_MS);
      const mayMail = await db.transaction(async (query) => {
        await lockMembers(query, organizationId);
        const own = await requireRole(query, organizationId, viewer, "admin");
        if (!atLeast(own, wanted.role)) throw new AppError("role_too_low");
        const allowed = wanted.mail && email ? await mayBeMailed(query, organizationId, email, now) : false;
        await query(
          `insert into invitation
             (id, organization_id, token_hash, email, role, created_by_id, created_at, expires_at, mailed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [
            id,
            organizationId,
            hash(token),
            email,
            wanted.role,
            viewer === "operator" ? null : viewer.userId,
            new Date(now),
            expiresAt,
            allowed ? new Date(now) : null,
          ],
        );
        const detail = { role: wanted.role, email };
        const actor = actorOf(viewer);
        await recordAudit(query, clock, { organizationId, actor, action: "invitation.create", target: id, detail });
        return allowed;
      });
      return { id, token, expiresAt: expiresAt.toISOString(), mayMail };
    },

    /** Those that are open, for admins and owners. */
    async list(viewer: Viewer, organizationId: string): Promise<Invitation[]> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const rows = await db.query<Omit<Invitation, "expiresAt"> & { expiresAt: Date }>(
        `select i.id, i.role, i.email, u.email as "invitedBy", i.expires_at as "expiresAt"
         from invitation i left join "user" u on u.id = i.created_by_id
         where i.organization_id = $1 and ${OPEN} $2 order by i.id`,
        [organizationId, new Date(clock.now())],
      );
      return rows.map((row) => ({ ...row, expiresAt: row.expiresAt.toISOString() }));
    },

    /** Throws AppError `organization_not_found`, `role_too_low`; `invitation_not_found` for one that is not open. */
    async revoke(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        const [revoked] = await query(
          `update invitation i set revoked_at = $3 where i.organization_id = $1 and i.id = $2 and ${OPEN} $3 returning id`,
          [organizationId, id, new Date(clock.now())],
        );
        if (!revoked) throw new AppError("invitation_not_found");
        const actor = actorOf(viewer);
        await recordAudit(query, clock, { organizationId, actor, action: "invitation.revoke", target: id });
      });
    },

    /** What an open invitation's link stands for; null for any other. */
    async find(token: string): Promise<(Omit<Invitation, "expiresAt" | "id"> & { organizationName: string }) | null> {
      if (!TOKEN.test(token)) return null;
      const [found] = await db.query<Omit<Invitation, "expiresAt" | "id"> & { organizationName: string }>(
        `select i.role, i.email, u.email as "invitedBy", o.name as "organizationName"
         from invitation i join organization o on o.id = i.organization_id left join "user" u on u.id = i.created_by_id
         where i.token_hash = $1 and ${OPEN} $2`,
        [hash(token), new Date(clock.now())],
      );
      return found ?? null;
    },

    /**
     * Joins the organization and uses the invitation up, by one conditional UPDATE. Whoever belongs to it already keeps
     * the role they have. Throws AppError `invitation_not_found`, `invitation_for_another`.
     */
    async accept(user: { userId: string; email: string }, token: string): Promise<{ organizationId: string }> {
      if (!TOKEN.test(token)) throw new AppError("invitation_not_found");
      const now = new Date(clock.now());
      return db.transaction(async (query) => {
        const [invitation] = await query<{ id: string; organizationId: string; role: Role; email: string | null }>(
          `update invitation i set accepted_at = $2, accepted_by_id = $3 where i.token_hash = $1 and ${OPEN} $2
           returning i.id, i.organization_id as "organizationId", i.role, i.email`,
          [hash(token), now, user.userId],
        );
        if (!invitation) throw new AppError("invitation_not_found");
        const { id, organizationId, role, email } = invitation;
        // Thrown inside the transaction: the invitation stays open for whom it is meant.
        if (email && email !== user.email) throw new AppError("invitation_for_another");
        const [added] = await query(
          `insert into membership (organization_id, user_id, role, created_at) values ($1, $2, $3, $4)
           on conflict do nothing returning role`,
          [organizationId, user.userId, role, now],
        );
        const detail = { role, invitation: id };
        const entry = { organizationId, actor: user.userId, target: user.userId, detail };
        if (added) await recordAudit(query, clock, { ...entry, action: "member.add" });
        return { organizationId };
      });
    },
  };
}

async function mayBeMailed(query: Query, organizationId: string, email: string, now: number): Promise<boolean> {
  const [mailed] = await query<{ organization: number; address: number }>(
    `select (select count(*) from invitation where organization_id = $1 and mailed_at > $3) as organization,
       (select count(*) from invitation where email = $2 and mailed_at > $3) as address`,
    [organizationId, email, new Date(now - DAY_MS)],
  );
  const { organization, address } = INVITATION_MAILS_A_DAY;
  return mailed !== undefined && mailed.organization < organization && mailed.address < address;
}

function hash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
