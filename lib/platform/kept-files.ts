import { access, copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "./errors.ts";

/** Files of any size that wait for the worker, by an id of ours; they lie in the data directory, which processes share. */
export type KeptFiles = {
  /** Takes a file over: it is gone from where it was. Throws AppError `storage_unavailable`. */
  keep(id: string, file: string): Promise<void>;
  /** Where the file lies, or null when it is gone. */
  find(id: string): Promise<string | null>;
  remove(id: string): Promise<void>;
  /** The ids of all files there are. */
  list(): Promise<string[]>;
};

export function createKeptFiles(directory: string): KeptFiles {
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
