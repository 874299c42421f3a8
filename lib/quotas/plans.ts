/** What is counted, per organization and calendar month (UTC). */
export const METRICS = ["avatar_requests", "avatar_new_profiles", "persona_requests"] as const;
export type Metric = (typeof METRICS)[number];

/** Units a month; null is unlimited. */
export const PLANS = {
  free: { avatar_requests: 1_000, avatar_new_profiles: 100, persona_requests: 200 },
  team: { avatar_requests: 50_000, avatar_new_profiles: 5_000, persona_requests: 10_000 },
  scale: { avatar_requests: 1_000_000, avatar_new_profiles: 50_000, persona_requests: 200_000 },
  self_hosted: { avatar_requests: null, avatar_new_profiles: null, persona_requests: null },
} as const satisfies Record<string, Record<Metric, number | null>>;
export type Plan = keyof typeof PLANS;

export function isPlan(text: string): text is Plan {
  return text in PLANS;
}

export function isMetric(text: string): text is Metric {
  return METRICS.some((metric) => metric === text);
}
