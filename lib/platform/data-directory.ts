import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "./errors.ts";

const PROBLEMS: Record<string, string> = {
  ENOTDIR: "it, or a part of its path, is a file",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "its file system is read-only",
  ENOSPC: "its disk is full",
  ENOENT: "it cannot be made there",
};

/** Makes the data directory unless it is there, and tries to write in it. Throws AppError `data_directory_unusable`. */
export async function prepareDataDirectory(directory: string): Promise<void> {
  const root = path.resolve(directory);
  const probe = path.join(root, `probe-${randomBytes(6).toString("hex")}`);
  try {
    await makeDirectory(root);
    await writeFile(probe, "");
    await rm(probe);
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw new AppError("data_directory_unusable", {
      fields: { directory: root, problem: PROBLEMS[code] ?? message },
      cause,
    });
  }
}

// Not mkdir's `recursive`, which never ends where a directory cannot be made, such as in /proc.
async function makeDirectory(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  await makeDirectory(path.dirname(directory));
  await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
