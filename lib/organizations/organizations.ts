import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";

export type Organization = { id: string; name: string; plan: string; createdAt: string };
export type Role = "owner" | "admin" | "member";

/** Tenants and who belongs to them. `actor` is who the audit log will name. */
export function createOrganizations({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Makes an organization with the limits given (null is unlimited), in one transaction. */
    async create(
      wanted: { name: string; plan: string; limits: Readonly<Record<string, number | null>> },
      actor: string,
    ): Promise<Organization> {
      const now = clock.now();
      const organization = {
        id: newId("org", now),
        name: wanted.name,
        plan: wanted.plan,
        createdAt: new Date(now).toISOString(),
      };
      await db.transaction(async (query) => {
        await query("insert into organization (id, name, plan, created_at) values ($1, $2, $3, $4)", [
          organization.id,
          organization.name,
          organization.plan,
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
          detail: { name: wanted.name, plan: wanted.plan },
        });
      });
      return organization;
    },

    async list(): Promise<Organization[]> {
      const prisma = await db.prisma();
      const rows = await prisma.organization.findMany({ orderBy: { id: "asc" } });
      return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
    },

    /** Throws AppError `organization_not_found` unless it exists. */
    async require(id: string): Promise<Organization> {
      const prisma = await db.prisma();
      const row = await prisma.organization.findUnique({ where: { id } });
      if (!row) throw new AppError("organization_not_found", { fields: { id } });
      return { ...row, createdAt: row.createdAt.toISOString() };
    },

    /** Ends a membership. What the member made, keys among it, belongs to the organization and stays. */
    async removeMember(organizationId: string, userId: string, actor: string): Promise<void> {
      await db.transaction(async (query) => {
        const removed = await query(
          "delete from membership where organization_id = $1 and user_id = $2 returning role",
          [organizationId, userId],
        );
        if (removed.length === 0) return;
        await recordAudit(query, clock, { organizationId, actor, action: "member.remove", target: userId });
      });
    },
  };
}
