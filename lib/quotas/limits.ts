import { recordAudit } from "#lib/platform/audit";
import { type Clock, endOfMonth, monthOf } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { METRICS, type Metric, PLANS, type Plan } from "./plans.ts";

/** How much of one metric is used this month. `limit` null is unlimited; `resets` is an ISO time. */
export type Usage = { metric: Metric; used: number; limit: number | null; resets: string };

/** Reads and sets what organizations may use. A change holds from the next request on, in every process. */
export function createLimits({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Puts an organization on a plan. Limits an operator set by hand stay, unless `reset`. */
    async setPlan(organizationId: string, plan: Plan, actor: string, options: { reset?: boolean } = {}): Promise<void> {
      await db.transaction(async (query) => {
        const changed = await query("update organization set plan = $2 where id = $1 returning id", [
          organizationId,
          plan,
        ]);
        if (changed.length === 0) throw new AppError("organization_not_found", { fields: { id: organizationId } });
        for (const metric of METRICS) {
          await query(
            `insert into quota (organization_id, metric, "limit", set_by_operator) values ($1, $2, $3, false)
             on conflict (organization_id, metric) do update set "limit" = excluded."limit", set_by_operator = false
             where not quota.set_by_operator or $4`,
            [organizationId, metric, PLANS[plan][metric], options.reset ?? false],
          );
        }
        await recordAudit(query, clock, {
          organizationId,
          actor,
          action: "plan.set",
          target: organizationId,
          detail: { plan },
        });
      });
    },

    /** Sets one limit by hand, above or below the plan's; null is unlimited. */
    async setLimit(organizationId: string, metric: Metric, limit: number | null, actor: string): Promise<void> {
      await db.transaction(async (query) => {
        const found = await query("select 1 from organization where id = $1", [organizationId]);
        if (found.length === 0) throw new AppError("organization_not_found", { fields: { id: organizationId } });
        await query(
          `insert into quota (organization_id, metric, "limit", set_by_operator) values ($1, $2, $3, true)
           on conflict (organization_id, metric) do update set "limit" = excluded."limit", set_by_operator = true`,
          [organizationId, metric, limit],
        );
        await recordAudit(query, clock, {
          organizationId,
          actor,
          action: "quota.set",
          target: metric,
          detail: { limit },
        });
      });
    },

    async usage(organizationId: string): Promise<Usage[]> {
      const now = clock.now();
      const rows = await db.query<{ metric: Metric; used: number | null; limit: number | null }>(
        `select m.metric, c.used, q."limit" from unnest($2::text[]) as m(metric)
         left join quota_counter c on c.organization_id = $1 and c.metric = m.metric and c.period = $3::date
         left join quota q on q.organization_id = $1 and q.metric = m.metric`,
        [organizationId, METRICS, monthOf(now)],
      );
      const resets = new Date(endOfMonth(now)).toISOString();
      return METRICS.map((metric) => {
        const row = rows.find((candidate) => candidate.metric === metric);
        return { metric, used: row?.used ?? 0, limit: row?.limit ?? null, resets };
      });
    },
  };
}
