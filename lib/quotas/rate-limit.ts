import { Ratelimit } from "@upstash/ratelimit";
import type { Clock } from "#lib/platform/clock";
import type { Log } from "#lib/platform/log";
import type { RateLimitRedis } from "#lib/platform/redis";
import { slidingWindowInMemory } from "./sliding-window.ts";

/** What a caller still may do. `resetSeconds` is when the window is over. */
export type RateLimitState = { allowed: boolean; limit: number; remaining: number; resetSeconds: number };

export const WINDOW_SECONDS = 10;
/** How long a request waits for Redis before this process decides by itself. */
const REDIS_BUDGET_MS = 50;
const AFTER_FAILURE_MS = 1_000;

/**
 * Limits how often one bucket may be used in 10 seconds; sliding windows, shared through Redis where there is one.
 * While Redis is slow or away each process counts for itself: rates may then add up over processes, but no request
 * is stalled, and quotas (which the database keeps) are exact all the same.
 */
export function createRateLimiter(options: {
  redis: RateLimitRedis | undefined;
  clock: Clock;
  log: Log;
  limits: { organization: number; key: number; user: number; address: number };
}) {
  const { redis, clock, log, limits } = options;
  let redisPausedUntil = 0;
  let healthy = true;

  const inMemory = limiters(limits, (tokens) => slidingWindowInMemory(tokens, WINDOW_SECONDS * 1_000, clock));
  const inRedis = redis && limiters(limits, (tokens) => Ratelimit.slidingWindow(tokens, `${WINDOW_SECONDS} s`), redis);

  async function ask(kind: keyof typeof limits, bucket: string): Promise<RateLimitState> {
    if (inRedis && clock.now() >= redisPausedUntil) {
      const shared = await withinBudget(inRedis[kind].limit(bucket));
      if (shared) {
        if (!healthy) log.info("Redis answers again; rate limits are shared");
        healthy = true;
        return state(shared, clock);
      }
      redisPausedUntil = clock.now() + AFTER_FAILURE_MS;
      if (healthy) log.warn("Redis does not answer; each process limits rates for itself until it does");
      healthy = false;
    }
    return state(await inMemory[kind].limit(bucket), clock);
  }

  return {
    /** The tighter of the workspace's limit and the key's, for one API request. */
    async api(organizationId: string, keyId: string): Promise<RateLimitState> {
      const [organization, key] = await Promise.all([ask("organization", organizationId), ask("key", keyId)]);
      if (organization.allowed !== key.allowed) return organization.allowed ? key : organization;
      return organization.remaining < key.remaining ? organization : key;
    },
    /** One call over MCP: all connections of a user share a bucket. */
    mcp: (userId: string) => ask("user", `mcp:${userId}`),
    /** Failed authentications from one network address (see addressBucket). */
    address: (bucket: string) => ask("address", bucket),
    /** False while a configured Redis does not answer. */
    isShared: () => !inRedis || healthy,
  };
}

type Limiters = Record<"organization" | "key" | "user" | "address", Ratelimit>;

function limiters(
  limits: Record<keyof Limiters, number>,
  algorithm: (tokens: number) => ReturnType<typeof Ratelimit.slidingWindow>,
  redis?: RateLimitRedis,
): Limiters {
  const create = (kind: keyof Limiters) =>
    new Ratelimit({
      // The in-memory algorithm never touches it; the Redis one sends only what RateLimitRedis has.
      redis: (redis ?? {}) as ConstructorParameters<typeof Ratelimit>[0]["redis"],
      limiter: algorithm(limits[kind]),
      prefix: `avtrz:${kind}`,
      ephemeralCache: false,
      timeout: 0,
    });
  return { organization: create("organization"), key: create("key"), user: create("user"), address: create("address") };
}

async function withinBudget<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, REDIS_BUDGET_MS, undefined);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

function state(
  answer: { success: boolean; limit: number; remaining: number; reset: number },
  clock: Clock,
): RateLimitState {
  return {
    allowed: answer.success,
    limit: answer.limit,
    remaining: Math.max(0, answer.remaining),
    resetSeconds: Math.max(1, Math.ceil((answer.reset - clock.now()) / 1_000)),
  };
}
