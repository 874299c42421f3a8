import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { Cipher } from "#lib/platform/secret";
import { isWebhookEvent, type WebhookEvent } from "./events.ts";
import { mintSecret } from "./signature.ts";

/** An endpoint as its page shows it. Times are ISO. */
export type WebhookEndpoint = {
  id: string;
  url: string;
  events: WebhookEvent[];
  createdAt: string;
  failingSince: string | null;
  disabledAt: string | null;
  disabledReason: string | null;
  /** Until when the secret before the last rotation signs too. */
  previousUntil: string | null;
  waiting: number;
};

/** The secret is told here and never again. */
export type NewEndpoint = { id: string; secret: string };

const MOST = 10;
const MAX_URL = 2_000;
/** How long the secret before a rotation signs beside the new one. */
const GRACE_MS = 24 * 3_600_000;

/**
 * Where a workspace is told of events; for its owners and admins, seen by members. Every function throws AppError
 * `organization_not_found` for whoever is no member, `role_too_low` for members who change something, `webhook_not_found`.
 */
export function createWebhookEndpoints(options: {
  db: Database;
  clock: Clock;
  cipher: Cipher;
  /** host:port that may be private and plain http. */
  allowPrivateHosts: readonly string[];
  wake: () => void;
}) {
  const { db, clock, cipher, allowPrivateHosts, wake } = options;

  /** Changes one endpoint in a transaction with its line of the log, which names the host alone: paths hold tokens. */
  async function change(
    viewer: Viewer,
    organizationId: string,
    id: string,
    action: string,
    statement: string,
    values: unknown[],
  ): Promise<void> {
    await db.transaction(async (query) => {
      await requireRole(query, organizationId, viewer, "admin");
      const [row] = await query<{ url: string }>(`${statement} where organization_id = $1 and id = $2 returning url`, [
        organizationId,
        id,
        ...values,
      ]);
      if (!row) throw new AppError("webhook_not_found");
      await audit(query, viewer, organizationId, id, action, row.url);
    });
  }

  async function audit(query: Query, viewer: Viewer, organizationId: string, id: string, action: string, url: string) {
    const detail = { host: new URL(url).host };
    await recordAudit(query, clock, { organizationId, actor: actorOf(viewer), action, target: id, detail });
  }

  return {
    async list(viewer: Viewer, organizationId: string): Promise<WebhookEndpoint[]> {
      await requireRole(db.query, organizationId, viewer, "admin");
      return (await db.query<EndpointRow>(`${LIST} order by e.created_at, e.id`, [organizationId])).map(shown);
    },

    async get(viewer: Viewer, organizationId: string, id: string): Promise<WebhookEndpoint> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const [row] = await db.query<EndpointRow>(`${LIST} and e.id = $2`, [organizationId, id]);
      if (!row) throw new AppError("webhook_not_found");
      return shown(row);
    },

    /** Throws AppError `invalid_webhook` for an address or events that cannot be, `too_many_webhooks` beyond ten. */
    async create(
      viewer: Viewer,
      organizationId: string,
      wanted: { url: string; events: readonly string[] },
    ): Promise<NewEndpoint> {
      const url = addressOf(wanted.url, allowPrivateHosts);
      const events = eventsOf(wanted.events);
      const secret = mintSecret();
      const id = newId("whe", clock.now());
      await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        await query("select id from organization where id = $1 for no key update", [organizationId]);
        const [row] = await query<{ count: number }>(
          "select count(*)::int as count from webhook_endpoint where organization_id = $1",
          [organizationId],
        );
        if ((row?.count ?? 0) >= MOST) throw new AppError("too_many_webhooks");
        await query(
          `insert into webhook_endpoint (id, organization_id, url, events, secret, created_by, created_at)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [id, organizationId, url, events, cipher.encrypt(secret), actorOf(viewer), new Date(clock.now())],
        );
        await audit(query, viewer, organizationId, id, "webhook.create", url);
      });
      return { id, secret };
    },

    async setEvents(viewer: Viewer, organizationId: string, id: string, events: readonly string[]): Promise<void> {
      const chosen = eventsOf(events);
      await change(viewer, organizationId, id, "webhook.events", "update webhook_endpoint set events = $3", [chosen]);
    },

    /** A new secret; the one before signs too for 24 hours. */
    async rotateSecret(viewer: Viewer, organizationId: string, id: string): Promise<NewEndpoint> {
      const secret = mintSecret();
      await change(
        viewer,
        organizationId,
        id,
        "webhook.rotate",
        "update webhook_endpoint set previous_secret = secret, previous_until = $4, secret = $3",
        [cipher.encrypt(secret), new Date(clock.now() + GRACE_MS)],
      );
      return { id, secret };
    },

    /** Lets it be told again; what waited meanwhile is sent now. */
    async enable(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      const reset = "update webhook_endpoint set disabled_at = null, disabled_reason = null, failing_since = null";
      await change(viewer, organizationId, id, "webhook.enable", reset, []);
      await db.query(
        "update webhook_delivery set due_at = $3, attempts = 0 where organization_id = $1 and endpoint_id = $2 and state = 'pending'",
        [organizationId, id, new Date(clock.now())],
      );
      wake();
    },

    async disable(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      const statement = "update webhook_endpoint set disabled_at = $3, disabled_reason = 'You turned it off.'";
      await change(viewer, organizationId, id, "webhook.disable", statement, [new Date(clock.now())]);
    },

    /** With everything that waits for it. */
    async remove(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      await change(viewer, organizationId, id, "webhook.delete", "delete from webhook_endpoint", []);
    },
  };
}

type EndpointRow = Omit<WebhookEndpoint, "createdAt" | "failingSince" | "disabledAt" | "previousUntil"> &
  Record<"failingSince" | "disabledAt" | "previousUntil", Date | null> & { createdAt: Date };

const LIST = `
select e.id, e.url, e.events, e.created_at as "createdAt", e.failing_since as "failingSince", e.disabled_at as "disabledAt",
  e.disabled_reason as "disabledReason", e.previous_until as "previousUntil",
  (select count(*)::int from webhook_delivery d where d.endpoint_id = e.id and d.state = 'pending') as waiting
from webhook_endpoint e where e.organization_id = $1`;

function shown(row: EndpointRow): WebhookEndpoint {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    failingSince: row.failingSince?.toISOString() ?? null,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    previousUntil: row.previousUntil?.toISOString() ?? null,
  };
}

function addressOf(text: string, allowPrivateHosts: readonly string[]): string {
  const url = text.length <= MAX_URL ? URL.parse(text.trim()) : null;
  const invalid = (problem: string) => new AppError("invalid_webhook", { fields: { problem } });
  if (!url) throw invalid("That is not an address.");
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  const allowed = allowPrivateHosts.includes(`${url.hostname}:${port}`);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && allowed))
    throw invalid("The address must begin with https://.");
  if (url.username || url.password) throw invalid("The address must not hold a password.");
  url.hash = "";
  return url.href;
}

function eventsOf(wanted: readonly string[]): WebhookEvent[] {
  const events = [...new Set(wanted)].filter(isWebhookEvent);
  if (events.length === 0 || events.length !== new Set(wanted).size)
    throw new AppError("invalid_webhook", { fields: { problem: "Choose at least one of the events." } });
  return events;
}
