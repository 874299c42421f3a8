import { access, copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Config } from "./config.ts";
import { AppError } from "./errors.ts";
import { createBucketFiles } from "./kept-files/in-bucket.ts";
import { openBucket } from "./storage.ts";

/**
 * Files of any size that wait for the worker, by an id of ours; they lie where objects are kept: in the data directory,
 * which the processes of one host share, or in the bucket, which those of all hosts do.
 */
export type KeptFiles = {
  /** Takes a file over: it is gone from where it was. Throws AppError `storage_unavailable`. */
  keep(id: string, file: string): Promise<void>;
  /** Where the file lies, or null when it is gone. */
  find(id: string): Promise<string | null>;
  remove(id: string): Promise<void>;
  /** The ids of all files there are. */
  list(): Promise<string[]>;
};

/** The files of one kind (`imports`), where they are configured to be. */
export function openKeptFiles(config: Pick<Config, "dataDirectory" | "storage">, kind: string): KeptFiles {
  const directory = path.resolve(config.dataDirectory, kind);
  const local = createKeptFiles(directory);
  return config.storage.kind === "s3" ? createBucketFiles(openBucket(config.storage.s3), local, directory) : local;
}

function createKeptFiles(directory: string): KeptFiles {
  const root = path.resolve(directory);
  const fileOf = (id: string) => path.join(root, id);
  return {
    async keep(id, file) {
      const draft = `${fileOf(id)}.draft`;
      try {
        await mkdir(root, { recursive: true, mode: 0o700 });
        // Another file system cannot be renamed into.
        await rename(file, fileOf(id)).catch(async () => {
          await copyFile(file, draft);
          await rename(draft, fileOf(id));
          await rm(file, { force: true });
        });
      } catch (cause) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw new AppError("storage_unavailable", { retryAfterSeconds: 5, cause });
      }
    },
    async find(id) {
      return access(fileOf(id)).then(
        () => fileOf(id),
        () => null,
      );
    },
    async remove(id) {
      await rm(fileOf(id), { force: true });
    },
    async list() {
      return readdir(root).catch(() => []);
    },
  };
}
