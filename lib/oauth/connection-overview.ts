import { atLeast, requireRole, type Viewer } from "#lib/organizations";
import { type Clock, monthOf } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { firstIdAt } from "#lib/platform/ids";
import type { Scope } from "./scopes.ts";

/** A connection that stands, as its page shows it. Times are ISO. */
export type ConnectionOverview = {
  id: string;
  /** For whom it acts. */
  user: { userId: string; email: string };
  clientName: string;
  /** The host of the client's own document; null for a client that registered here, whose name anybody can choose. */
  documentHost: string | null;
  /** Which known client it was recognised as (`claude`, `chatgpt` …); null is unverified. */
  knownClient: string | null;
  /** Recognised, and its answers go to https: programs on one computer can use each other's addresses. */
  verified: boolean;
  /** Where people are sent after consent: a host, `127.0.0.1:33418`, or an app's scheme (`cursor:`). */
  redirectHost: string;
  redirectKind: "https" | "loopback" | "app";
  scopes: Scope[];
  createdAt: string;
  /** True within a minute; null is never. */
  lastUsedAt: string | null;
  /** The metered tool that was called then; null when it was another call. */
  lastTool: string | null;
  /** Metered calls that were answered or refused. */
  requestsThisMonth: number;
};

type Row = Pick<
  ConnectionOverview,
  "id" | "clientName" | "knownClient" | "redirectHost" | "scopes" | "requestsThisMonth"
> & {
  userId: string;
  email: string;
  clientId: string;
  createdAt: Date;
  lastUsedAt: Date | null;
};

/** Reads an organization's connections for its members. */
export function createConnectionOverview({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /**
     * The connections that stand, last used first: everybody's for owners and admins, their own for members.
     * Throws AppError `organization_not_found` for whoever is no member.
     */
    async overview(viewer: Viewer, organizationId: string): Promise<ConnectionOverview[]> {
      const role = await requireRole(db.query, organizationId, viewer, "member");
      const own = viewer === "operator" || atLeast(role, "admin") ? null : viewer.userId;
      const connections = (await db.query<Row>(READ, [organizationId, own, monthOf(clock.now())])).map(shown);
      const tools = await lastTools(organizationId, connections);
      return connections.map((one) => ({ ...one, lastTool: tools.get(one.id) ?? null }));
    },
  };

  // When a connection was last used is known, so its rows are looked for there and nowhere else.
  async function lastTools(organizationId: string, connections: readonly Pick<Shown, "id" | "lastUsedAt">[]) {
    const used = connections.flatMap(({ id, lastUsedAt }) => (lastUsedAt ? [{ id, at: Date.parse(lastUsedAt) }] : []));
    const rows = await db.query<{ id: string; tool: string }>(LAST_TOOLS, [
      organizationId,
      used.map(({ id }) => id),
      used.map(({ at }) => firstIdAt("req", at - USE_SLACK_MS)),
      used.map(({ at }) => firstIdAt("req", at + USE_SLACK_MS)),
    ]);
    return new Map(rows.map(({ id, tool }) => [id, tool]));
  }
}

type Shown = Omit<ConnectionOverview, "lastTool">;
/** `lastUsedAt` is written once a minute at most. */
const USE_SLACK_MS = 61_000;

const LAST_TOOLS = `
select c.id, last.tool from unnest($2::text[], $3::text[], $4::text[]) as c(id, first_id, end_id)
cross join lateral (
  select tool from avatar_request
  where organization_id = $1 and id >= c.first_id and id < c.end_id and connection_id = c.id order by id desc limit 1
) last`;

const READ = `
with used as (
  select source_id, sum(requests)::bigint as requests from request_day_source
  where organization_id = $1 and day >= $3::date group by source_id
)
select c.id, c.user_id as "userId", u.email, c.client_id as "clientId", c.client_name as "clientName",
  c.known_client as "knownClient", c.redirect_host as "redirectHost", c.scopes, c.created_at as "createdAt",
  c.last_used_at as "lastUsedAt", coalesce(used.requests, 0) as "requestsThisMonth"
from connection c join "user" u on u.id = c.user_id left join used on used.source_id = c.id
where c.organization_id = $1 and c.revoked_at is null and ($2::text is null or c.user_id = $2)
order by coalesce(c.last_used_at, c.created_at) desc, c.id desc`;

function shown({ userId, email, clientId, createdAt, lastUsedAt, ...row }: Row): Shown {
  const redirectKind = kindOf(row.redirectHost);
  return {
    ...row,
    user: { userId, email },
    documentHost: URL.parse(clientId)?.host ?? null,
    redirectKind,
    verified: row.knownClient !== null && redirectKind === "https",
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

// As describeRedirect wrote it.
function kindOf(redirectHost: string): ConnectionOverview["redirectKind"] {
  if (redirectHost.endsWith(":")) return "app";
  return /^(?:localhost|127\.|\[::1\])/.test(redirectHost) ? "loopback" : "https";
}
