import { createHash } from "node:crypto";
import type { Config } from "./config.ts";

/** The two commands that @upstash/ratelimit sends, whoever answers them. */
export type RateLimitRedis = {
  evalsha(sha: string, keys: string[], args: unknown[]): Promise<unknown>;
  eval(script: string, keys: string[], args: unknown[]): Promise<unknown>;
};

export type RedisConnection = { client: RateLimitRedis; close(): Promise<void> };

/** Connects to the configured Redis, or to Upstash; undefined when neither is configured. Commands fail at once while it is down. */
export async function connectRedis(config: Pick<Config, "redis">): Promise<RedisConnection | undefined> {
  if (!config.redis) return undefined;
  if (config.redis.kind === "upstash") {
    const { Redis } = await import("@upstash/redis");
    const { url, token } = config.redis;
    const client = new Redis({ url, token, enableTelemetry: false, retry: false });
    return { client: client as unknown as RateLimitRedis, close: async () => undefined };
  }
  const { Redis } = await import("ioredis");
  const redis = new Redis(config.redis.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  // Every failing command rejects by itself; without a listener the connection's error would end the process.
  redis.on("error", () => undefined);
  return {
    client: withPlainScripts(redis),
    close: async () => redis.disconnect(),
  };
}

type ScriptRunner = {
  evalsha(sha: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
};

// Upstash's scripts begin with a `#!lua flags=…` line that Redis itself refuses; without it they have another SHA-1.
function withPlainScripts(redis: ScriptRunner): RateLimitRedis {
  const plainSha = new Map<string, string>();
  return {
    async evalsha(sha, keys, args) {
      const known = plainSha.get(sha);
      if (!known) throw new Error("NOSCRIPT not loaded by this process yet");
      return redis.evalsha(known, keys.length, ...keys, ...args.map(String));
    },
    async eval(script, keys, args) {
      const plain = script.replace(/^#!lua[^\n]*\n/, "");
      plainSha.set(sha1(script), sha1(plain));
      return redis.eval(plain, keys.length, ...keys, ...args.map(String));
    },
  };
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
