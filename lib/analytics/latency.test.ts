import fc from "fast-check";
import { expect, test } from "vitest";
import { quantile } from "./latency.ts";

/** As latency_bucket_v1 does it. */
function bucketOf(ms: number): number {
  return Math.max(0, Math.min(79, Math.floor(4 * Math.log2(Math.max(ms, 0.01))) + 8));
}

test("nothing measured has no quantile", () => {
  expect(quantile([], 0.5)).toBeNull();
  expect(quantile([{ bucket: 3, requests: 0 }], 0.95)).toBeNull();
});

test("a quantile is at most a fifth off the true one", () => {
  const latencies = fc.array(fc.double({ min: 0.3, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(latencies, fc.constantFrom(0.5, 0.95, 0.99), (values, share) => {
      const buckets = values.map((ms) => ({ bucket: bucketOf(ms), requests: 1 }));
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(sorted.length * share) - 1] as number;
      const told = quantile(merge(buckets), share) as number;
      expect(told / exact).toBeGreaterThan(1 / 1.2);
      expect(told / exact).toBeLessThan(1.2);
    }),
  );
});

function merge(buckets: { bucket: number; requests: number }[]) {
  const counts = Map.groupBy(buckets, ({ bucket }) => bucket);
  return [...counts].map(([bucket, all]) => ({ bucket, requests: all.length }));
}
