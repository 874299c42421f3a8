/**
 * What was asked, by hour, channel, outcome, key and client: read from rollups that are written with the rows they count
 * (lib/quotas/ledger.ts), so a chart costs the same however many requests there were. Rollups and rows agree at every
 * moment; nothing here writes but the nightly comparison of the two.
 */
export { type AnalyticsOverview, createAnalyticsOverview, type Totals } from "./overview.ts";
export { reconcileRollups } from "./reconcile.ts";
export { CHANNELS, type Channel, OUTCOMES, type Outcome, type RequestFilter } from "./request-filter.ts";
export { createRequestLog, type LoggedRequest } from "./requests.ts";
export { createSourceUsage, type SourceUsage } from "./sources.ts";
