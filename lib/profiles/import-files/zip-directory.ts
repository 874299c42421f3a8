import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { type Entry, fromFdPromise, getFileNameLowLevel } from "yauzl";
import { isAppError } from "#lib/platform/errors";
import { broken, bytesInWords, tooLarge } from "./file-access.ts";
import { MAX_ENTRIES, showPath } from "./photo-items.ts";

/** What all entries together may unpack to. */
export const MAX_UNPACKED_BYTES = 4 * 1024 ** 3;

/** Photos hardly shrink; deflate alone can reach 1,032:1. */
export const MAX_RATIO = 100;

/** Below this a high ratio harms nobody: a short text of spaces has one too. */
const RATIO_MATTERS_BYTES = 1024 * 1024;

/** What precedes the name in front of each entry. */
export const LOCAL_HEADER_BYTES = 30;

/** What the central directory says of an entry; all of it is a claim until the bytes are read. */
export type ZipEntry = {
  readonly path: string;
  readonly offset: number;
  readonly method: number;
  readonly encrypted: boolean;
  readonly link: boolean;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
};

/**
 * The files of an archive, by its central directory, folders left out. Throws file_too_large for an archive that
 * would unpack to too much, and file_broken for one that is cut short or whose entries share bytes (as in the
 * bombs that repeat one kernel): nothing is unpacked to find out.
 */
export async function readZipDirectory(handle: FileHandle, file: string, size: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let unpacked = 0;
  try {
    // Names are decoded here: yauzl refuses an archive as a whole for one name with "..".
    const zip = await fromFdPromise(handle.fd, { autoClose: false, decodeStrings: false, validateEntrySizes: false });
    if (zip.entryCount > MAX_ENTRIES) throw tooLarge(file, `${zip.entryCount} entries`, `${MAX_ENTRIES} entries`);
    for await (const entry of zip.eachEntry()) {
      const read = entryOf(entry);
      unpacked += read.unpackedBytes;
      checkRatio(file, read);
      entries.push(read);
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    const where = entries.length === 0 ? "its end" : `entry ${entries.length + 1} of its table of contents`;
    throw broken(file, where, "the archive's table of contents cannot be read, as if the file were cut short", error);
  }
  if (unpacked > MAX_UNPACKED_BYTES || unpacked > Math.max(size * MAX_RATIO, RATIO_MATTERS_BYTES)) {
    const limit = Math.min(MAX_UNPACKED_BYTES, Math.max(size * MAX_RATIO, RATIO_MATTERS_BYTES));
    throw tooLarge(file, `${bytesInWords(unpacked)} when unpacked`, bytesInWords(limit));
  }
  checkOverlap(file, entries, size);
  return entries.filter(({ path }) => !/[/\\]$/.test(path));
}

function entryOf(entry: Entry): ZipEntry {
  const madeBy = entry.versionMadeBy >> 8;
  const unixMode = madeBy === 3 || madeBy === 19 ? entry.externalFileAttributes >>> 16 : 0;
  return {
    path: nameOf(entry),
    offset: entry.relativeOffsetOfLocalHeader,
    method: entry.compressionMethod,
    encrypted: entry.isEncrypted(),
    link: (unixMode & 0o170000) === 0o120000,
    crc32: entry.crc32,
    packedBytes: entry.compressedSize,
    unpackedBytes: entry.uncompressedSize,
  };
}

// macOS writes UTF-8 without the flag that says so; CP437, the standard's other choice, is rarely valid UTF-8.
function nameOf(entry: Entry): string {
  const flags = isUtf8(entry.fileNameRaw) ? entry.generalPurposeBitFlag | 0x800 : entry.generalPurposeBitFlag;
  return getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false);
}

function checkRatio(file: string, { path, packedBytes, unpackedBytes }: ZipEntry): void {
  if (unpackedBytes <= RATIO_MATTERS_BYTES || unpackedBytes <= packedBytes * MAX_RATIO) return;
  const ratio = packedBytes === 0 ? "without end" : `${Math.round(unpackedBytes / packedBytes)}:1`;
  throw tooLarge(file, `packed ${ratio} at ${showPath(path)}`, `${MAX_RATIO}:1`);
}

function checkOverlap(file: string, entries: readonly ZipEntry[], size: number): void {
  let previous: ZipEntry | undefined;
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.offset + LOCAL_HEADER_BYTES + entry.packedBytes > size) {
      throw broken(file, `entry ${showPath(entry.path)}`, "it lies beyond the end of the file");
    }
    // At least so far does the previous entry reach; its name only makes it longer.
    if (previous && entry.offset < previous.offset + LOCAL_HEADER_BYTES + previous.packedBytes) {
      throw broken(file, `entry ${showPath(entry.path)}`, `it shares its bytes with ${showPath(previous.path)}`);
    }
    previous = entry;
  }
}
