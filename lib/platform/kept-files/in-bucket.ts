import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { AppError } from "../errors.ts";
import type { KeptFiles } from "../kept-files.ts";
import type { openBucket } from "../storage.ts";

/** A transfer that stands still is given up; one that moves may take its time. */
const TRANSFER_MS = 15 * 60_000;

/**
 * Files that wait in a bucket, so that the worker of any host finds them. Whoever opens one has a copy of it in
 * `local`, the files of its own disk, until it is removed.
 */
export function createBucketFiles(
  bucket: ReturnType<typeof openBucket>,
  local: KeptFiles,
  directory: string,
): KeptFiles {
  const nameOf = (id: string) => bucket.keyOf(`imports/${id}`);
  const signal = () => ({ abortSignal: AbortSignal.timeout(TRANSFER_MS) });
  return {
    async keep(id, file) {
      const { size } = await stat(file);
      await bucket.run(({ PutObjectCommand }, client) =>
        client.send(
          new PutObjectCommand({
            Bucket: bucket.bucket,
            Key: nameOf(id),
            Body: createReadStream(file),
            ContentLength: size,
          }),
          signal(),
        ),
      );
      // Its copy here may be the one that is opened; it is not needed.
      await local.keep(id, file).catch(() => rm(file, { force: true }));
    },
    async find(id) {
      const here = await local.find(id);
      if (here) return here;
      const draft = path.join(directory, `${id}.${randomBytes(4).toString("hex")}.draft`);
      const body = await bucket.run(async ({ GetObjectCommand }, client) => {
        try {
          return (await client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key: nameOf(id) }), signal())).Body;
        } catch (error) {
          if ((error as Error).name === "NoSuchKey") return undefined;
          throw error;
        }
      });
      if (!body) return null;
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await pipeline(body as Readable, createWriteStream(draft, { mode: 0o600 }));
        const copy = path.join(directory, id);
        await rename(draft, copy);
        return copy;
      } catch (cause) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw new AppError("storage_unavailable", { retryAfterSeconds: 5, cause });
      }
    },
    async remove(id) {
      await bucket.run(({ DeleteObjectCommand }, client) =>
        client.send(new DeleteObjectCommand({ Bucket: bucket.bucket, Key: nameOf(id) }), signal()),
      );
      await local.remove(id);
    },
    async list() {
      const ids = new Set(await local.list());
      let token: string | undefined;
      do {
        const page: ListObjectsV2CommandOutput = await bucket.run(({ ListObjectsV2Command }, client) =>
          client.send(
            new ListObjectsV2Command({ Bucket: bucket.bucket, Prefix: nameOf(""), ContinuationToken: token }),
            signal(),
          ),
        );
        for (const { Key } of page.Contents ?? []) if (Key) ids.add(Key.slice(nameOf("").length));
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token);
      return [...ids];
    },
  };
}
