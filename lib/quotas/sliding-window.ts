import type { Ratelimit } from "@upstash/ratelimit";
import { LRUCache } from "lru-cache";
import type { Clock } from "#lib/platform/clock";

type Window = { start: number; current: number; previous: number };
const MAX_BUCKETS = 100_000;

/**
 * @upstash/ratelimit's sliding window, kept in this process: the previous window counts in proportion to how much
 * of it still lies within the last `windowMs`. Buckets that are not used any more make room for others.
 */
export function slidingWindowInMemory(
  tokens: number,
  windowMs: number,
  clock: Clock,
): ReturnType<typeof Ratelimit.slidingWindow> {
  const windows = new LRUCache<string, Window>({ max: MAX_BUCKETS });

  const windowOf = (bucket: string, now: number): Window => {
    const start = now - (now % windowMs);
    const window = windows.get(bucket);
    if (window?.start === start) return window;
    const fresh = { start, current: 0, previous: window?.start === start - windowMs ? window.current : 0 };
    windows.set(bucket, fresh);
    return fresh;
  };
  const usedIn = (window: Window, now: number) =>
    Math.floor(window.previous * (1 - (now - window.start) / windowMs)) + window.current;

  return () => ({
    async limit(_context, bucket, rate = 1) {
      const now = clock.now();
      const window = windowOf(bucket, now);
      const success = usedIn(window, now) + rate <= tokens;
      if (success) window.current += rate;
      return {
        success,
        limit: tokens,
        remaining: Math.max(0, tokens - usedIn(window, now)),
        reset: window.start + windowMs,
        pending: Promise.resolve(),
      };
    },
    async getRemaining(_context, bucket) {
      const now = clock.now();
      const window = windowOf(bucket, now);
      return { remaining: Math.max(0, tokens - usedIn(window, now)), reset: window.start + windowMs, limit: tokens };
    },
    async resetTokens(_context, bucket) {
      windows.delete(bucket);
    },
  });
}
