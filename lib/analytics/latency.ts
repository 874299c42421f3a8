/** How many requests fell into a bucket of the histogram (latency_bucket_v1 in prisma/migrations). */
export type LatencyBucket = { bucket: number; requests: number };

/**
 * A quantile in milliseconds, or null when nothing was measured. Buckets are a factor of 2^(1/4) wide and requests are
 * taken to lie evenly in theirs, so the answer is at most a fifth off, mostly much less.
 */
export function quantile(buckets: readonly LatencyBucket[], share: number): number | null {
  const sorted = [...buckets].sort((a, b) => a.bucket - b.bucket);
  const total = sorted.reduce((sum, { requests }) => sum + requests, 0);
  let below = 0;
  for (const { bucket, requests } of sorted) {
    if (requests > 0 && below + requests >= total * share) {
      const within = (total * share - below) / requests;
      return Number((lowerBound(bucket) * 2 ** (within / 4)).toPrecision(3));
    }
    below += requests;
  }
  return null;
}

function lowerBound(bucket: number): number {
  return 2 ** (bucket / 4 - 2);
}
