import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { broken, bytesInWords, openRegular, readUpTo, unreadable } from "./file-access.ts";
import { type PhotoBytes, photoItems } from "./photo-items.ts";
import { findPhotoList, MAX_LIST_BYTES, type PhotoList, readPhotoList } from "./photo-list.ts";
import { MAX_PHOTO_BYTES } from "./picture.ts";
import type { ImportItem, ImportSource } from "./rows.ts";
import { LOCAL_HEADER_BYTES, readZipDirectory, type ZipEntry } from "./zip-directory.ts";

const inflate = promisify(inflateRaw);

/** An archive of this size holds MAX_UNPACKED_BYTES of photos, which hardly shrink, and what lies around them. */
export const MAX_ZIP_BYTES = 5 * 1024 ** 3;

const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;

/**
 * A .zip of photos named by username, or listed in a CSV among them (photo-list.ts). Reads its table of contents and throws file_unreadable, file_too_large or
 * file_broken (see readZipDirectory) before anything is unpacked. Then at most one photo is in memory, packed and
 * unpacked, and what an entry really holds is checked against what was claimed.
 */
export async function openPhotoZip(file: string): Promise<ImportSource> {
  const { handle, size } = await openRegular(file, MAX_ZIP_BYTES);
  try {
    const entries = await readZipDirectory(handle, file, size);
    const { mtimeMs } = await handle.stat();
    const list = await listAmong(file, handle, entries);
    return { total: entries.length, items: items(file, entries, mtimeMs, list) };
  } finally {
    await handle.close();
  }
}

async function listAmong(file: string, handle: FileHandle, entries: readonly ZipEntry[]): Promise<PhotoList | null> {
  const entry = findPhotoList(entries);
  if (!entry) return null;
  const content = await readEntry(file, handle, entry, MAX_LIST_BYTES);
  return content.ok ? readPhotoList(entry.path, Buffer.from(content.bytes)) : null;
}

async function* items(
  file: string,
  entries: readonly ZipEntry[],
  mtimeMs: number,
  list: PhotoList | null,
): AsyncGenerator<ImportItem> {
  // Opened again, for a source that is never iterated must not keep the file open.
  const { handle } = await openRegular(file, MAX_ZIP_BYTES);
  try {
    if ((await handle.stat()).mtimeMs !== mtimeMs)
      throw broken(file, "its start", "it changed while it was being read");
    yield* photoItems(entries, (entry) => readEntry(file, handle, entry, MAX_PHOTO_BYTES), list);
  } finally {
    await handle.close();
  }
}

async function readEntry(file: string, handle: FileHandle, entry: ZipEntry, maxBytes: number): Promise<PhotoBytes> {
  const problem = problemOfClaim(entry, maxBytes);
  if (problem !== null) return { ok: false, problem };
  try {
    const header = await readUpTo(handle, LOCAL_HEADER_BYTES, entry.offset);
    if (header.length < LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
      return { ok: false, problem: "is not where the archive's table of contents says" };
    }
    const start = entry.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    const packed = await readUpTo(handle, entry.packedBytes, start);
    if (packed.length < entry.packedBytes) return { ok: false, problem: "is cut short" };
    const bytes = entry.method === STORED ? packed : await unpack(packed, entry.unpackedBytes);
    if (bytes === null || bytes.length !== entry.unpackedBytes) {
      return { ok: false, problem: "does not unpack to what the archive's table of contents says" };
    }
    return crc32(bytes) === entry.crc32
      ? { ok: true, bytes }
      : { ok: false, problem: "is damaged: its checksum is wrong" };
  } catch (error) {
    throw unreadable(file, error);
  }
}

function problemOfClaim(
  { encrypted, link, method, packedBytes, unpackedBytes }: ZipEntry,
  maxBytes: number,
): string | null {
  if (encrypted) return "is encrypted";
  if (link) return "is a link";
  if (method !== STORED && method !== DEFLATED) return "is packed in a way other than deflate";
  const bytes = Math.max(packedBytes, unpackedBytes);
  return bytes > maxBytes ? `is ${bytesInWords(bytes)}; the limit is ${bytesInWords(maxBytes)}` : null;
}

/** Null if the data is damaged or holds more than claimed; never unpacks more than that. */
async function unpack(packed: Buffer, unpackedBytes: number): Promise<Buffer | null> {
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
  } catch {
    return null;
  }
}
