import type { ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import type { ObjectState, Storage } from "../storage.ts";
import { digestOf } from "./digest.ts";
import { inPlainWords } from "./s3-problems.ts";

type S3Config = NonNullable<Config["storage"]["s3"]>;

const CONNECT_MS = 3_000;
const ANSWER_MS = 10_000;
const ATTEMPTS = 3;
const REMOVED_AT_ONCE = 8;

/** A bucket: the SDK's commands, with every failure as an AppError `storage_unavailable` that says why in its cause. */
export function openBucket(config: S3Config | undefined) {
  if (!config) {
    const problem = "S3_BUCKET: needed, because objects are to be kept in an S3-compatible storage";
    throw new AppError("invalid_configuration", { fields: { problem } });
  }
  const { bucket, endpoint } = config;
  const keyOf = (name: string) => `${config.prefix}${name}`;
  // Half a megabyte that an installation without a bucket never reads.
  let opened: Promise<{ sdk: typeof import("@aws-sdk/client-s3"); client: S3Client }> | undefined;
  const open = () => {
    opened ??= import("@aws-sdk/client-s3").then((sdk) => ({ sdk, client: new sdk.S3Client(clientOptions(config)) }));
    return opened;
  };

  return {
    bucket,
    keyOf,
    nameOf: (key: string) => key.slice(config.prefix.length),
    prefix: config.prefix,
    async run<T>(work: (sdk: typeof import("@aws-sdk/client-s3"), client: S3Client) => Promise<T>): Promise<T> {
      const { sdk, client } = await open();
      try {
        return await work(sdk, client);
      } catch (error) {
        const cause = new Error(inPlainWords(error, { bucket, endpoint }), { cause: error });
        throw new AppError("storage_unavailable", { retryAfterSeconds: 5, cause });
      }
    },
  };
}

/**
 * Storage in a bucket of an S3-compatible service. An object is the bare bytes; its SHA-256 stands in its metadata, and
 * what does not agree with it is treated as missing. One PUT is whole or not at all.
 */
export function createS3Storage(config: S3Config | undefined): Storage {
  const { bucket, keyOf, nameOf, prefix, run } = openBucket(config);

  async function read(name: string): Promise<{ state: ObjectState; bytes?: Uint8Array }> {
    return run(async ({ GetObjectCommand }, client) => {
      const answer = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) }), within())
        .catch(absentOrThrow);
      if (!answer?.Body) return { state: "missing" };
      const bytes = await answer.Body.transformToByteArray();
      const whole = answer.Metadata?.["sha256"] === digestOf(bytes).toString("hex");
      return whole ? { state: "whole", bytes } : { state: "damaged" };
    });
  }

  const remove = (name: string) =>
    run(async ({ DeleteObjectCommand }, client) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }), within()).catch(absentOrThrow);
    });

  async function* list(below = ""): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await run(({ ListObjectsV2Command }, client) =>
        client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}${below}`, ContinuationToken: token }),
          within(),
        ),
      );
      for (const { Key } of page.Contents ?? []) if (Key) yield nameOf(Key);
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token);
  }

  return {
    async get(name) {
      const { state, bytes } = await read(name);
      if (state === "damaged") await remove(name).catch(() => undefined);
      return bytes ?? null;
    },
    async put(name, bytes) {
      const Metadata = { sha256: digestOf(bytes).toString("hex") };
      await run(({ PutObjectCommand }, client) =>
        client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body: bytes, Metadata }), within()),
      );
    },
    async removeAll(below) {
      // One by one: not every service that calls itself S3-compatible has the command for many.
      let some: Promise<void>[] = [];
      for await (const name of list(`${below}/`)) {
        some.push(remove(name));
        if (some.length >= REMOVED_AT_ONCE) await Promise.all(some.splice(0));
      }
      await Promise.all(some);
      some = [];
    },
    remove,
    examine: async (name) => (await read(name)).state,
    list: () => list(),
    async check() {
      const name = "check/writable";
      try {
        const bytes = Buffer.from("Written to see whether objects can be kept here.");
        await this.put(name, bytes);
        const state = await this.examine(name);
        await remove(name);
        if (state !== "whole") throw new Error(`What was written to the bucket “${bucket}” came back ${state}.`);
      } catch (error) {
        const cause = (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error);
        throw new AppError("storage_unusable", { fields: { problem: cause.message }, cause: error });
      }
    },
  };
}

/** A deadline for one command with its repetitions. */
function within() {
  return { abortSignal: AbortSignal.timeout(ANSWER_MS * 2) };
}

function clientOptions({ endpoint, region, credentials }: S3Config) {
  return {
    region,
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(credentials ? { credentials } : {}),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
    // Checksums of its own that not every S3-compatible service understands; ours is in the metadata.
    requestChecksumCalculation: "WHEN_REQUIRED" as const,
    responseChecksumValidation: "WHEN_REQUIRED" as const,
  };
}

function absentOrThrow(error: { name?: string; $metadata?: { httpStatusCode?: number } }): null {
  if (error.name === "NoSuchKey" || error.name === "NotFound") return null;
  throw error;
}
