import type { Database } from "#lib/platform/db";
import { filterOf, limitOf, type Page, pageOf } from "#lib/platform/page";
import { requireRole, type Viewer } from "./viewer.ts";

/** One line of the audit log, with names in place of ids where there are any. */
export type AuditEvent = {
  id: string;
  /** ISO. */
  at: string;
  /** A user id, `operator`, `system`, or a named outside party. */
  actor: string;
  /** The user's e-mail address; null for whoever is no user. */
  actorEmail: string | null;
  /** `noun.verb`: `key.revoke`. */
  action: string;
  target: string | null;
  /** The name of the key, the address of the person or the name of the client that was acted on. */
  targetName: string | null;
  detail: Record<string, string | number | boolean | null | string[]>;
};

export type AuditFilter = {
  /** An action (`key.revoke`), or a noun for everything done to such things (`key`). */
  action?: string | undefined;
  actor?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
};

/** What was done in an organization, for its members to read. */
export function createAuditLog({ db }: { db: Database }) {
  return {
    /** The log, newest first. Throws AppError `organization_not_found` for whoever is no member. */
    async list(viewer: Viewer, organizationId: string, filter: AuditFilter = {}): Promise<Page<AuditEvent>> {
      await requireRole(db.query, organizationId, viewer, "member");
      const limit = limitOf(filter.limit);
      const rows = await db.query<Omit<AuditEvent, "at"> & { createdAt: Date }>(LIST, [
        organizationId,
        filterOf(filter.cursor),
        filterOf(filter.action),
        filterOf(filter.actor),
        limit + 1,
      ]);
      const events = rows.map(({ createdAt, ...event }) => ({ ...event, at: createdAt.toISOString() }));
      return pageOf(events, limit, (last) => last.id);
    },

    /** What the log can be filtered by: every action and actor that occurs in it. */
    async choices(
      viewer: Viewer,
      organizationId: string,
    ): Promise<{ actions: string[]; actors: { actor: string; email: string | null }[] }> {
      await requireRole(db.query, organizationId, viewer, "member");
      const [actions, actors] = await Promise.all([
        db.query<{ action: string }>(
          "select distinct action from audit_event where organization_id = $1 order by action",
          [organizationId],
        ),
        db.query<{ actor: string; email: string | null }>(
          `select e.actor, u.email from (select distinct actor from audit_event where organization_id = $1) e
           left join "user" u on u.id = e.actor order by u.email nulls last, e.actor`,
          [organizationId],
        ),
      ]);
      return { actions: actions.map(({ action }) => action), actors };
    },
  };
}

const LIST = `
select e.id, e.actor, who.email as "actorEmail", e.action, e.target, e.detail, e.created_at as "createdAt",
  coalesce(k.name, whom.email, c.client_name, i.email) as "targetName"
from (
  select * from audit_event where organization_id = $1 and ($2::text is null or id < $2)
    and ($3::text is null or action = $3 or split_part(action, '.', 1) = $3) and ($4::text is null or actor = $4)
  order by id desc limit $5
) e
left join "user" who on who.id = e.actor
left join api_key k on k.id = e.target and k.organization_id = $1
left join "user" whom on whom.id = e.target
left join connection c on c.id = e.target and c.organization_id = $1
left join invitation i on i.id = e.target and i.organization_id = $1
order by e.id desc`;
