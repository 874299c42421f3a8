/**
 * What organizations may use and what they have used. A unit and its AvatarRequest row commit together, so a limit
 * of N grants exactly N in any number of processes, and what was answered is never lost. Rate limits come before
 * quotas and fail open; quotas do not.
 */
export { type BlockedRequest, createLedger, type Outcome, type Settlement } from "./ledger.ts";
export { createLimits, type Usage } from "./limits.ts";
export { createMeter, type Decision, type QuotaLeft, type UnitRequest } from "./meter.ts";
export { type Caller, type MeteredRequest, meterRequest, type Unit } from "./metered-request.ts";
export { createUsageOverview, type UsageMeter, type UsageOverview } from "./overview.ts";
export { createPersonaMeter, type PersonaCaller, type PersonaOutcome } from "./persona-meter.ts";
export { isMetric, isPlan, METRICS, type Metric, PLANS, type Plan } from "./plans.ts";
export { createRateLimiter, type RateLimitState } from "./rate-limit.ts";
export { findReachedLimits, type ReachedLimit } from "./reached.ts";
export { type Repair, reconcileCounters } from "./reconcile.ts";
