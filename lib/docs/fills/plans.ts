import { METRICS, PLANS } from "#lib/quotas";
import { table } from "./table.ts";

/** What each plan grants a month. */
export function fillPlans(): string {
  const rows = Object.entries(PLANS).map(([plan, limits]) => [
    `\`${plan}\``,
    ...METRICS.map((metric) => limits[metric]?.toLocaleString("en") ?? "unlimited"),
  ]);
  return table(["Plan", ...METRICS.map((metric) => `\`${metric}\``)], rows);
}
