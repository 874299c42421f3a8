import { randomBytes } from "node:crypto";
import { access, constants, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../errors.ts";
import type { ObjectState, Storage } from "../storage.ts";
import { digestOf } from "./digest.ts";

const DIGEST_BYTES = 32;
const DRAFT = ".draft";

/**
 * Storage in a directory. Each file ends with the SHA-256 of what stands before it, which image viewers ignore:
 * a torn or changed file is noticed when it is read, and treated as missing.
 */
export function createDiskStorage(directory: string): Storage {
  const root = path.resolve(directory);
  const fileOf = (name: string) => path.join(root, ...name.split("/"));

  async function read(name: string): Promise<{ state: ObjectState; bytes?: Uint8Array }> {
    const sealed = await readFile(fileOf(name)).catch(absentOrUnavailable);
    if (!sealed) return { state: "missing" };
    const bytes = sealed.subarray(0, -DIGEST_BYTES);
    const whole = sealed.length >= DIGEST_BYTES && digestOf(bytes).equals(sealed.subarray(-DIGEST_BYTES));
    return whole ? { state: "whole", bytes } : { state: "damaged" };
  }

  return {
    async get(name) {
      const { state, bytes } = await read(name);
      // Where it cannot be removed it is damaged all the same, and the next put replaces it.
      if (state === "damaged") await rm(fileOf(name), { force: true }).catch(() => undefined);
      return bytes ?? null;
    },
    async put(name, bytes) {
      const file = fileOf(name);
      const draft = `${file}.${randomBytes(6).toString("hex")}${DRAFT}`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(draft, Buffer.concat([bytes, digestOf(bytes)]));
        await rename(draft, file);
      } catch (cause) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw new AppError("storage_unavailable", { retryAfterSeconds: 5, cause });
      }
    },
    async removeAll(prefix) {
      await rm(fileOf(prefix), { recursive: true, force: true }).catch(absentOrUnavailable);
    },
    async remove(name) {
      await rm(fileOf(name), { force: true }).catch(absentOrUnavailable);
    },
    examine: async (name) => (await read(name)).state,
    list: () => filesBelow(root, ""),
    async check() {
      try {
        await mkdir(root, { recursive: true });
        await access(root, constants.W_OK);
      } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException;
        const problem = `The folder ${root} cannot be written to (${code ?? message}).`;
        throw new AppError("storage_unusable", { fields: { problem }, cause });
      }
    },
  };
}

async function* filesBelow(root: string, folder: string): AsyncGenerator<string> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(absentOrUnavailable);
  for (const entry of entries ?? []) {
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) yield* filesBelow(root, name);
    else if (entry.isFile() && !name.endsWith(DRAFT)) yield name;
  }
}

function absentOrUnavailable(cause: NodeJS.ErrnoException): null {
  if (cause.code === "ENOENT") return null;
  throw new AppError("storage_unavailable", { retryAfterSeconds: 5, cause });
}
