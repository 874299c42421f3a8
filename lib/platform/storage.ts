import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "./errors.ts";

/** Keeps named byte strings. Names are `/`-separated lower-case words that the service itself made. */
export type Storage = {
  /** The bytes, or null when there are none by that name or they are damaged (a damaged object is removed). */
  get(name: string): Promise<Uint8Array | null>;
  /** Stores the bytes whole or not at all. Throws AppError `storage_unavailable` when they cannot be kept. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes everything whose name begins with `prefix/`. Throws AppError `storage_unavailable`. */
  removeAll(prefix: string): Promise<void>;
};

const DIGEST_BYTES = 32;

/**
 * Storage in a directory. Each file ends with the SHA-256 of what stands before it, which image viewers ignore:
 * a torn or changed file is noticed when it is read, and treated as missing.
 */
export function createDiskStorage(directory: string): Storage {
  const root = path.resolve(directory);
  const fileOf = (name: string) => path.join(root, ...name.split("/"));
  return {
    async get(name) {
      const file = fileOf(name);
      const sealed = await readFile(file).catch(absentOrUnavailable);
      if (!sealed) return null;
      const bytes = sealed.subarray(0, -DIGEST_BYTES);
      if (sealed.length >= DIGEST_BYTES && digest(bytes).equals(sealed.subarray(-DIGEST_BYTES))) return bytes;
      // Where it cannot be removed it is damaged all the same, and the next put replaces it.
      await rm(file, { force: true }).catch(() => undefined);
      return null;
    },
    async put(name, bytes) {
      const file = fileOf(name);
      const draft = `${file}.${randomBytes(6).toString("hex")}.draft`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(draft, Buffer.concat([bytes, digest(bytes)]));
        await rename(draft, file);
      } catch (cause) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw new AppError("storage_unavailable", { retryAfterSeconds: 5, cause });
      }
    },
    async removeAll(prefix) {
      await rm(fileOf(prefix), { recursive: true, force: true }).catch(absentOrUnavailable);
    },
  };
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function absentOrUnavailable(cause: NodeJS.ErrnoException): null {
  if (cause.code === "ENOENT") return null;
  throw new AppError("storage_unavailable", { retryAfterSeconds: 5, cause });
}
