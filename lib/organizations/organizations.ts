import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";

export type Organization = { id: string; name: string; plan: string; createdAt: string };
const TOLD = { id: true, name: true, plan: true, createdAt: true } as const;
export const ROLES = ["owner", "admin", "member"] as const;
export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

export type NewOrganization = { name: string; plan: string; limits: Readonly<Record<string, number | null>> };
/** A workspace as one of its members sees it. */
export type OwnOrganization = { id: string; name: string; role: Role };

/** Tenants. `actor` is who the audit log will name. */
export function createOrganizations({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Makes an organization with the limits given (null is unlimited), in one transaction. */
    create(wanted: NewOrganization, actor: string): Promise<Organization> {
      return db.transaction((query) => insertOrganization(query, clock, wanted, actor));
    },

    async list(): Promise<Organization[]> {
      const prisma = await db.prisma();
      const rows = await prisma.organization.findMany({ select: TOLD, orderBy: { id: "asc" } });
      return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
    },

    /** The workspaces a user belongs to, oldest membership first. */
    ofUser(userId: string): Promise<OwnOrganization[]> {
      return db.query<OwnOrganization>(
        `select o.id, o.name, m.role from membership m join organization o on o.id = m.organization_id
         where m.user_id = $1 order by m.created_at, o.id`,
        [userId],
      );
    },

    /** Throws AppError `organization_not_found` unless it exists. */
    async require(id: string): Promise<Organization> {
      const prisma = await db.prisma();
      const row = await prisma.organization.findUnique({ select: TOLD, where: { id } });
      if (!row) throw new AppError("organization_not_found", { fields: { id } });
      return { ...row, createdAt: row.createdAt.toISOString() };
    },

    /**
     * Has a workspace that nobody belongs to wait for its owner, who will be the first to sign in. That happens once in
     * an installation's life: a workspace that lost its members is never given away.
     */
    async offerFirst(id: string): Promise<void> {
      await db.query(
        `insert into installation (key, value) select 'unclaimed_workspace', $1
         where not exists (select 1 from installation where key = 'claimed_workspace')
           and not exists (select 1 from membership) on conflict do nothing`,
        [id],
      );
    },

    async waitsForOwner(id: string): Promise<boolean> {
      const waiting = await db.query(
        `select 1 from installation where key = 'unclaimed_workspace' and value = $1
           and not exists (select 1 from membership where organization_id = $1)`,
        [id],
      );
      return waiting.length > 0;
    },
  };
}

/** The rows of a new organization, within somebody's transaction. */
export async function insertOrganization(
  query: Query,
  clock: Clock,
  wanted: NewOrganization,
  actor: string,
): Promise<Organization> {
  const now = clock.now();
  const { name, plan } = wanted;
  const organization = { id: newId("org", now), name, plan, createdAt: new Date(now).toISOString() };
  await query("insert into organization (id, name, plan, created_at) values ($1, $2, $3, $4)", [
    organization.id,
    name,
    plan,
    organization.createdAt,
  ]);
  await query(
    `insert into quota (organization_id, metric, "limit") select $1, * from unnest($2::text[], $3::bigint[])`,
    [organization.id, Object.keys(wanted.limits), Object.values(wanted.limits)],
  );
  await recordAudit(query, clock, {
    organizationId: organization.id,
    actor,
    action: "organization.create",
    target: organization.id,
    detail: { name, plan },
  });
  return organization;
}
