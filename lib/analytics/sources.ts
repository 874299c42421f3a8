import { requireRole, type Viewer } from "#lib/organizations";
import type { Database } from "#lib/platform/db";

/** What one key or one connection used. */
export type SourceUsage = {
  id: string;
  kind: "key" | "connection" | "gone";
  /** The key's name, or the client's; null when nothing is known of it any more. */
  name: string | null;
  /** Of keys alone. */
  last4: string | null;
  requests: number;
  /** Of avatar_requests; what was refused or failed took none. */
  units: number;
};

/** One day of a key or connection through one client. `day` is `2026-11-21`, UTC. */
export type SourceDay = Omit<SourceUsage, "id"> & { day: string; client: string };

/** Reads who used what in a calendar month (UTC), for an organization's members. */
export function createSourceUsage({ db }: { db: Database }) {
  return {
    /** By key and connection, most units first. `month` is its first day, `2026-11-01`. Throws `organization_not_found`. */
    async sources(viewer: Viewer, organizationId: string, month: string): Promise<SourceUsage[]> {
      await requireRole(db.query, organizationId, viewer, "member");
      return db.query<SourceUsage>(BY_SOURCE, [organizationId, month]);
    },

    /** The same by day and client, in order. Throws `organization_not_found`. */
    async sourceDays(viewer: Viewer, organizationId: string, month: string): Promise<SourceDay[]> {
      await requireRole(db.query, organizationId, viewer, "member");
      return db.query<SourceDay>(BY_DAY, [organizationId, month]);
    },
  };
}

const USED = `
select source_id, sum(requests)::bigint as requests, sum(units)::bigint as units from request_day_source
where organization_id = $1 and day >= $2::date and day < $2::date + interval '1 month'`;

const NAMED = `
  case when k.id is not null then 'key' when c.id is not null then 'connection' else 'gone' end as kind,
  coalesce(k.name, c.client_name) as name, k.last4, used.requests, used.units`;

const OWNERS = `
left join api_key k on k.id = used.source_id and k.organization_id = $1
left join connection c on c.id = used.source_id and c.organization_id = $1`;

const BY_SOURCE = `
select used.source_id as id, ${NAMED} from (${USED} group by source_id) used ${OWNERS}
order by used.units desc, used.requests desc, used.source_id`;

const BY_DAY = `
select to_char(used.day, 'YYYY-MM-DD') as day, used.client, ${NAMED}
from (${USED.replace("select source_id", "select day, client, source_id")} group by day, client, source_id) used ${OWNERS}
order by used.day, used.units desc, used.source_id, used.client`;
