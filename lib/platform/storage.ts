import path from "node:path";
import type { Config } from "./config.ts";
import { createDiskStorage } from "./storage/disk.ts";
import { createMovingStorage } from "./storage/moving.ts";
import { createS3Storage } from "./storage/s3.ts";

export { createDiskStorage } from "./storage/disk.ts";
export { type Moved, moveObjects } from "./storage/moving.ts";
export { createS3Storage, openBucket } from "./storage/s3.ts";
export { type Verified, verifyObjects } from "./storage/verify.ts";

/** What an object is found to be: `damaged` when its bytes are not those that were stored. */
export type ObjectState = "whole" | "damaged" | "missing";

/** Keeps named byte strings. Names are `/`-separated lower-case words that the service itself made. */
export type Storage = {
  /** The bytes, or null when there are none by that name or they are damaged (a damaged object is removed). */
  get(name: string): Promise<Uint8Array | null>;
  /** Stores the bytes whole or not at all. Throws AppError `storage_unavailable` when they cannot be kept. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes everything whose name begins with `prefix/`. Throws AppError `storage_unavailable`. */
  removeAll(prefix: string): Promise<void>;
  /** Removes one object, or does nothing. Throws AppError `storage_unavailable`. */
  remove(name: string): Promise<void>;
  /** Reads an object and compares it with its checksum; changes nothing. Throws AppError `storage_unavailable`. */
  examine(name: string): Promise<ObjectState>;
  /** The names of all objects, in no promised order; those that come or go meanwhile may be missed. */
  list(): AsyncIterable<string>;
  /** Throws AppError `storage_unusable`, in plain words, when objects cannot be kept there. */
  check(): Promise<void>;
};

export type StorageKind = Config["storage"]["kind"];

/** The storage of one kind as it is configured. Throws AppError `invalid_configuration` for S3 without a bucket. */
export function openStorage(config: Pick<Config, "dataDirectory" | "storage">, kind: StorageKind): Storage {
  return kind === "s3"
    ? createS3Storage(config.storage.s3)
    : createDiskStorage(path.join(config.dataDirectory, "objects"));
}

/** The storage that is configured; while objects move here from another one, what is still there is read there. */
export function createStorage(config: Pick<Config, "dataDirectory" | "storage">): Storage {
  const { kind, movingFrom } = config.storage;
  const storage = openStorage(config, kind);
  return movingFrom ? createMovingStorage(storage, openStorage(config, movingFrom)) : storage;
}
