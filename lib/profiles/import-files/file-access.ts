import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { AppError } from "#lib/platform/errors";

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission was denied",
  EPERM: "permission was denied",
  EISDIR: "it is a folder",
  ELOOP: "it is a link",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
};

/** Why a file could not be read, to follow "because"; the errors of node:fs carry a code. */
export function problemOfError(error: unknown): string {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return PROBLEMS[code] ?? (code === "" ? "it could not be read" : `the disk answered ${code}`);
}

export function unreadable(file: string, error: unknown): AppError {
  return new AppError("file_unreadable", { fields: { file, problem: problemOfError(error) }, cause: error });
}

export function notRecognized(file: string, problem: string): AppError {
  return new AppError("file_not_recognized", { fields: { file, problem } });
}

export function broken(file: string, where: string, problem: string, cause?: unknown): AppError {
  return new AppError("file_broken", { fields: { file, where, problem }, cause });
}

export function tooLarge(file: string, size: string, limit: string): AppError {
  return new AppError("file_too_large", { fields: { file, size, limit } });
}

export async function statOf(file: string): Promise<Stats> {
  try {
    return await stat(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * Opens a regular file to read. Throws file_unreadable, file_not_recognized (a folder, a device, a pipe: opening
 * one must not hang) or, when it has more than `maxBytes`, file_too_large.
 */
export async function openRegular(file: string, maxBytes: number): Promise<{ handle: FileHandle; size: number }> {
  const before = await statOf(file);
  if (before.isDirectory()) throw notRecognized(file, "it is a folder");
  if (!before.isFile()) throw notRecognized(file, "it is not a regular file");
  if (before.size > maxBytes) throw tooLarge(file, bytesInWords(before.size), bytesInWords(maxBytes));
  try {
    return { handle: await open(file, constants.O_RDONLY | constants.O_NONBLOCK), size: before.size };
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The whole file, or its first `maxBytes` if `head` is set. Errors: those of openRegular. */
export async function readRegular(file: string, maxBytes: number, head = false): Promise<Buffer> {
  const { handle, size } = await openRegular(file, head ? Number.POSITIVE_INFINITY : maxBytes);
  try {
    return await readUpTo(handle, Math.min(size, maxBytes));
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    await handle.close();
  }
}

/** Up to `length` bytes of an open file from `position`; fewer where it ends. */
export async function readUpTo(handle: FileHandle, length: number, position = 0): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** `100 MB`, `4.5 GB`: powers of 1024, as file managers show them; rounded up, so that what is over a limit reads so. */
export function bytesInWords(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Math.ceil(value * 10) / 10} ${units[unit]}`;
}
