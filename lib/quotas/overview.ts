import { requireRole, type Viewer } from "#lib/organizations";
import { type Clock, endOfMonth, monthOf } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { METRICS, type Metric } from "./plans.ts";

/** One metric in the running month. */
export type UsageMeter = {
  metric: Metric;
  used: number;
  /** Null is unlimited. */
  limit: number | null;
  /** What the month would end with if it went on as it did so far; null in its first day, when that says nothing. */
  projected: number | null;
  /** The limit is not the plan's: an operator set it. */
  setByOperator: boolean;
};

export type UsageOverview = {
  plan: string;
  /** The calendar month (UTC): its first moment, and when the meters start again at 0. ISO. */
  from: string;
  resets: string;
  meters: UsageMeter[];
};

const DAY_MS = 86_400_000;

/** Reads what an organization has used, for its members. */
export function createUsageOverview({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Throws AppError `organization_not_found` for whoever is no member. */
    async usage(viewer: Viewer, organizationId: string): Promise<UsageOverview> {
      await requireRole(db.query, organizationId, viewer, "member");
      const now = clock.now();
      const starts = Date.parse(monthOf(now));
      const ends = endOfMonth(now);
      const rows = await db.query<Omit<UsageMeter, "projected"> & { plan: string }>(READ, [
        organizationId,
        METRICS,
        monthOf(now),
      ]);
      const passed = (now - starts) / (ends - starts);
      const meters = rows.map(({ plan: _, ...meter }) => ({
        ...meter,
        projected: now - starts < DAY_MS ? null : Math.round(meter.used / passed),
      }));
      return {
        plan: rows[0]?.plan ?? "",
        from: new Date(starts).toISOString(),
        resets: new Date(ends).toISOString(),
        meters,
      };
    },
  };
}

const READ = `
select o.plan, m.metric, coalesce(c.used, 0)::bigint as used, q."limit", coalesce(q.set_by_operator, false) as "setByOperator"
from organization o cross join unnest($2::text[]) with ordinality as m(metric, n)
left join quota_counter c on c.organization_id = o.id and c.metric = m.metric and c.period = $3::date
left join quota q on q.organization_id = o.id and q.metric = m.metric
where o.id = $1 order by m.n`;
