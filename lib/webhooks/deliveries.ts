import { requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { limitOf, type Page, pageOf } from "#lib/platform/page";
import { bodyOf } from "./payload.ts";

/** One event to one endpoint, and what came of it. Times are ISO. */
export type Delivery = {
  id: string;
  type: string;
  state: "pending" | "delivered" | "failed";
  attempts: number;
  createdAt: string;
  /** When it is tried next; of a pending one. */
  dueAt: string;
  deliveredAt: string | null;
  status: number | null;
  latencyMs: number | null;
  /** The beginning of the last answer's body. */
  response: string | null;
  problem: string | null;
  /** What is sent. */
  body: string;
};

const KEPT_MS = 30 * 86_400_000;
const AT_ONCE = 5_000;

/** Events on their way and what came of them, for a workspace's owners and admins. */
export function createWebhookDeliveries(options: { db: Database; clock: Clock; publicUrl: string; wake: () => void }) {
  const { db, clock, publicUrl, wake } = options;

  return {
    /** Newest first. Throws AppError `organization_not_found`, `role_too_low`. */
    async list(
      viewer: Viewer,
      organizationId: string,
      endpointId: string,
      { cursor, limit: asked }: { cursor?: string | undefined; limit?: number | undefined } = {},
    ): Promise<Page<Delivery>> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const limit = limitOf(asked);
      const [time, id] = cursor?.split("_msg_") ?? [];
      const after = time && /^\d{1,15}$/.test(time) && id ? [new Date(Number(time)), `msg_${id}`] : [null, null];
      const rows = await db.query<DeliveryRow>(
        `select id, type, username, data, state, attempts, created_at as "createdAt", due_at as "dueAt",
           delivered_at as "deliveredAt", status, latency_ms as "latencyMs", response, problem
         from webhook_delivery where organization_id = $1 and endpoint_id = $2
           and ($3::timestamptz is null or (created_at, id) < ($3, $4::text))
         order by created_at desc, id desc limit $5`,
        [organizationId, endpointId, ...after, limit + 1],
      );
      return pageOf(
        rows.map((row) => shown(row, publicUrl)),
        limit,
        (last) => `${Date.parse(last.createdAt)}_${last.id}`,
      );
    },

    /** Sends one again, whatever came of it, under the id it had. Throws AppError `role_too_low`, `webhook_not_found`. */
    async replay(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const [row] = await db.query(
        `update webhook_delivery set state = 'pending', attempts = 0, due_at = $3 where organization_id = $1 and id = $2
         returning id`,
        [organizationId, id, new Date(clock.now())],
      );
      if (!row) throw new AppError("webhook_not_found");
      wake();
    },

    /** An event that says only that it is one. Throws AppError `role_too_low`, `webhook_not_found`. */
    async sendTest(viewer: Viewer, organizationId: string, endpointId: string): Promise<void> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const now = new Date(clock.now());
      const [row] = await db.query(
        `insert into webhook_delivery (organization_id, endpoint_id, type, data, created_at, due_at)
         select organization_id, id, 'test', '{"hello": "world"}'::jsonb, $3, $3 from webhook_endpoint
         where organization_id = $1 and id = $2 returning id`,
        [organizationId, endpointId, now],
      );
      if (!row) throw new AppError("webhook_not_found");
      wake();
    },

    /** Tells of limits that are nearly or wholly used: each endpoint once a limit and month. */
    async tellOfLimits(
      reached: readonly {
        organizationId: string;
        metric: string;
        period: string;
        used: number;
        limit: number;
        percent: 80 | 100;
        resets: string;
      }[],
    ): Promise<void> {
      for (const { organizationId, percent, period, metric, used, limit, resets } of reached) {
        await db.query(
          `insert into webhook_delivery (organization_id, endpoint_id, type, subject, data, created_at, due_at)
           select e.organization_id, e.id, $2, $3, $4::jsonb, $5, $5 from webhook_endpoint e
           where e.organization_id = $1 and $2 = any(e.events) and not exists (
             select from webhook_delivery d where d.endpoint_id = e.id and d.subject = $3 and d.type in ($2, 'quota.100'))
           on conflict do nothing`,
          [
            organizationId,
            `quota.${percent}`,
            `${metric} ${period}`,
            JSON.stringify({ metric, month: period.slice(0, 7), used, limit, resets_at: resets }),
            new Date(clock.now()),
          ],
        );
      }
    },

    /** Forgets what is a month old; a few thousand rows at a time. */
    async removeOld(): Promise<void> {
      const before = new Date(clock.now() - KEPT_MS);
      const some = `delete from webhook_delivery where id in (
        select id from webhook_delivery where created_at < $1 limit ${AT_ONCE}) returning 1`;
      while ((await db.query(some, [before])).length === AT_ONCE);
    },
  };
}

type DeliveryRow = Omit<Delivery, "createdAt" | "dueAt" | "deliveredAt" | "body"> & {
  username: string | null;
  data: Record<string, unknown>;
  createdAt: Date;
  dueAt: Date;
  deliveredAt: Date | null;
};

function shown({ username, data, ...row }: DeliveryRow, publicUrl: string): Delivery {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    body: bodyOf({ type: row.type, username, data, createdAt: row.createdAt }, publicUrl),
  };
}
