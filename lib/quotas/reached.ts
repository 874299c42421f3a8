import { type Clock, endOfMonth, monthOf } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Metric } from "./plans.ts";

/** A limit of which at least 80 % is used this month. `resets` is an ISO time. */
export type ReachedLimit = {
  organizationId: string;
  metric: Metric;
  /** First day of the month. */
  period: string;
  used: number;
  limit: number;
  percent: 80 | 100;
  resets: string;
};

/** Every limit of every organization that is nearly or wholly used; a limit of 0 is none that is used up. */
export async function findReachedLimits({ db, clock }: { db: Database; clock: Clock }): Promise<ReachedLimit[]> {
  const now = clock.now();
  const period = monthOf(now);
  const rows = await db.query<{ organizationId: string; metric: Metric; used: number; limit: number }>(
    `select c.organization_id as "organizationId", c.metric, c.used, q."limit"
     from quota_counter c join quota q on q.organization_id = c.organization_id and q.metric = c.metric
     where c.period = $1::date and q."limit" > 0 and c.used * 5 >= q."limit" * 4
     order by c.organization_id, c.metric`,
    [period],
  );
  const resets = new Date(endOfMonth(now)).toISOString();
  return rows.map((row) => ({ ...row, period, resets, percent: row.used >= row.limit ? 100 : 80 }));
}
