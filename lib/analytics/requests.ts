import { requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { firstIdAt, timeOfId } from "#lib/platform/ids";
import { limitOf, type Page, pageOf } from "#lib/platform/page";
import { type Channel, type CleanFilter, cleanFilter, type Outcome, type RequestFilter } from "./request-filter.ts";

/** One lookup. `outcome` is `pending` until its answer is known. */
export type LoggedRequest = {
  id: string;
  /** ISO. */
  at: string;
  channel: Channel;
  /** `avatar`, or the tool's name. */
  tool: string;
  username: string | null;
  size: number | null;
  outcome: Outcome | "pending";
  /** Why it was refused or failed: a code of the error catalogue. */
  code: string | null;
  units: number;
  newProfile: boolean;
  latencyMs: number | null;
  key: { id: string; name: string } | null;
  connection: { id: string; clientName: string } | null;
  client: string | null;
  originDomain: string | null;
};

/** How long before its row's time an id may have been made. */
export const ID_SLACK_MS = 600_000;
const HOUR_MS = 3_600_000;
/** How many rows are looked through for a page, about, and by one statement. */
const LOOKED_THROUGH = 50_000;
const AT_ONCE = 20_000;
/** An id, of one request or of a further unit of it. */
const CURSOR = /^req_[0-9a-hjkmnp-tv-z]{26}(?:_\d{1,4})?$/;

/** The requests themselves, newest first, for an organization's members. */
export function createRequestLog({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /**
     * A page may be short, or empty, and still have a `next`: no more than some 50,000 rows are looked through for one.
     * Throws AppError `organization_not_found` for whoever is no member.
     */
    async requests(
      viewer: Viewer,
      organizationId: string,
      options: { filters?: RequestFilter; cursor?: string | undefined; limit?: number | undefined } = {},
    ): Promise<Page<LoggedRequest>> {
      await requireRole(db.query, organizationId, viewer, "member");
      const limit = limitOf(options.limit);
      const filter = cleanFilter(options.filters ?? {});
      const end = firstIdAt("req", filter.to ?? clock.now() + HOUR_MS);
      const { cursor } = options;
      const before = cursor && CURSOR.test(cursor) && cursor < end ? cursor : end;
      if (filter.username) return ofPerson(organizationId, filter, before, limit);
      const restricted = filter.outcome ?? filter.channel ?? filter.source ?? filter.client;
      if (restricted) return throughHours(organizationId, filter, before, limit);
      const rows = await db.query<RequestRow>(LATEST, [...parameters(organizationId, filter, before), limit + 1]);
      return pageOf(rows.map(shown), limit, idOf);
    },
  };

  // What is rare would be looked for in every row. The rollups know in which hours it is.
  async function throughHours(organizationId: string, filter: CleanFilter, end: string, limit: number) {
    const found: RequestRow[] = [];
    let before = end;
    for (let looked = 0; looked < LOOKED_THROUGH; ) {
      const hours = await db.query<MatchingHour>(HOURS_OF, [
        organizationId,
        new Date(timeOfId(before) + ID_SLACK_MS),
        new Date(filter.from === null ? 0 : filter.from - (filter.from % HOUR_MS)),
        filter.outcome,
        filter.channel,
        filter.source,
        filter.client,
      ]);
      if (hours.length === 0) return pageOf(found.map(shown), limit, idOf);
      for (const { from, to, rows } of windowsOf(hours)) {
        const wanted = limit + 1 - found.length;
        const values = parameters(organizationId, filter, before);
        found.push(...(await db.query<RequestRow>(OF_WINDOW, [...values, wanted, from, to])));
        if (found.length > limit) return pageOf(found.map(shown), limit, idOf);
        before = from;
        looked += rows;
        if (looked >= LOOKED_THROUGH) break;
      }
    }
    return { items: found.map(shown), next: before };
  }

  async function ofPerson(
    organizationId: string,
    filter: CleanFilter,
    before: string,
    limit: number,
  ): Promise<Page<LoggedRequest>> {
    const rows = await db.query<RequestRow & { looked: number; end: string }>(OF_PERSON, [
      ...parameters(organizationId, filter, before),
      limit + 1,
      filter.username,
      AT_ONCE,
    ]);
    const [first] = rows;
    const page = pageOf(rows.filter(({ id }) => id !== null).map(shown), limit, idOf);
    const more = first !== undefined && first.looked === AT_ONCE;
    return { ...page, next: page.next ?? (more ? first.end : null) };
  }
}

type MatchingHour = { hour: Date; rows: number };

/**
 * Where the ids of the requests of these hours (newest first) lie, as ranges that do not overlap: `from` included, `to` not.
 * Hours that follow each other become one range while few rows are in them.
 */
function windowsOf(hours: readonly MatchingHour[]): { from: string; to: string; rows: number }[] {
  const windows: { from: number; to: number; rows: number }[] = [];
  for (const { hour, rows } of hours) {
    const [from, to] = [hour.getTime() - ID_SLACK_MS, hour.getTime() + HOUR_MS];
    const last = windows.at(-1);
    if (last && to > last.from && last.rows + rows <= AT_ONCE) Object.assign(last, { from, rows: last.rows + rows });
    else windows.push({ from, to: Math.min(to, last?.from ?? to), rows });
  }
  return windows.map(({ from, to, rows }) => ({ from: firstIdAt("req", from), to: firstIdAt("req", to), rows }));
}

function idOf({ id }: LoggedRequest): string {
  return id;
}

type RequestRow = Omit<LoggedRequest, "at" | "key" | "connection"> & {
  createdAt: Date;
  keyId: string | null;
  keyName: string | null;
  connectionId: string | null;
  clientName: string | null;
};

function shown({ createdAt, keyId, keyName, connectionId, clientName, ...row }: RequestRow): LoggedRequest {
  return {
    ...row,
    at: createdAt.toISOString(),
    key: keyId === null ? null : { id: keyId, name: keyName ?? keyId },
    connection:
      connectionId === null ? null : { id: connectionId, clientName: clientName ?? row.client ?? connectionId },
  };
}

/** $1 to $8 of MATCHING, whatever the statement. */
function parameters(organizationId: string, filter: CleanFilter, before: string): unknown[] {
  const { outcome, channel, source, client } = filter;
  const from = filter.from === null ? null : new Date(filter.from);
  const to = filter.to === null ? null : new Date(filter.to);
  return [organizationId, before, outcome, channel, source, client, from, to];
}

const MATCHING = `organization_id = $1 and id < $2
  and ($3::text is null or outcome = $3) and ($4::text is null or channel = $4)
  and ($5::text is null or coalesce(key_id, connection_id) = $5) and ($6::text is null or client = $6)
  and ($7::timestamptz is null or created_at >= $7) and ($8::timestamptz is null or created_at < $8)`;

/** Rows of avatar_request as they are told. */
const told = (rows: string) => `
select r.id, r.created_at as "createdAt", r.channel, r.tool, r.username, r.size, r.outcome, r.code, r.units,
  r.new_profile as "newProfile", r.latency_ms as "latencyMs", r.client, r.origin_domain as "originDomain",
  r.key_id as "keyId", k.name as "keyName", r.connection_id as "connectionId", c.client_name as "clientName"
from (${rows}) r
left join api_key k on k.id = r.key_id and k.organization_id = $1
left join connection c on c.id = r.connection_id and c.organization_id = $1
order by r.id desc`;

const LATEST = told(`select * from avatar_request where ${MATCHING} order by id desc limit $9`);

const HOURS_OF = `
select m.hour, (select coalesce(sum(requests), 0) from request_hour h where h.organization_id = $1 and h.hour = m.hour)::bigint as rows
from (
  select hour from request_hour_source where organization_id = $1 and hour < $2 and hour >= $3
    and ($4::text is null or outcome = $4) and ($5::text is null or channel = $5)
    and ($6::text is null or source_id = $6) and ($7::text is null or client = $7)
  group by hour order by hour desc limit 24
) m order by m.hour desc`;

const OF_WINDOW = told(
  `select * from avatar_request where ${MATCHING} and id >= $10 and id < $11 order by id desc limit $9`,
);

const OF_PERSON = `
with looked as materialized (
  select * from avatar_request where organization_id = $1 and id < $2 order by id desc limit $11
), rows as (
  select looked.* from looked where looked.username = $10 and ${MATCHING} order by id desc limit $9
), one as (
  select count(*) as looked, min(id) as "end" from looked
)
select one.looked, one."end", told.* from one left join (${told("select * from rows")}) told on true order by told.id desc`;
