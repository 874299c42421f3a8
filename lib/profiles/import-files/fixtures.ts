import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, beforeAll } from "vitest";
import type { ImportedRow, ImportSource, RefusedRow } from "./rows.ts";

/** A folder for one test file's fixtures, gone afterwards. */
export function temporaryFolder(): {
  path: (name: string) => string;
  write: (name: string, data: string | Uint8Array) => string;
} {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "import-files-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const write = (name: string, data: string | Uint8Array) => {
    writeFileSync(path(name), data);
    return path(name);
  };
  return { path, write };
}

/** Writes files below a folder, making folders on the way. */
export async function writeTree(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** Bytes that begin like a JPEG, told apart by `seed`; no decoder would take them. */
export function jpegLike(seed = 0, length = 64): Buffer {
  const bytes = Buffer.alloc(length, seed);
  bytes.set([0xff, 0xd8, 0xff, 0xe0]);
  return bytes;
}

/** Everything a source has to say, in order. */
export async function drain(source: ImportSource): Promise<{ rows: ImportedRow[]; refused: RefusedRow[] }> {
  const rows: ImportedRow[] = [];
  const refused: RefusedRow[] = [];
  for await (const item of source.items) {
    if (item.ok) rows.push(item.row);
    else refused.push(item.refused);
  }
  return { rows, refused };
}

export type ZipFixture = {
  name: string | Buffer;
  data?: Uint8Array;
  /** Stored as it is, whatever the method says. */
  packed?: Uint8Array;
  method?: number;
  flags?: number;
  crc?: number;
  unpackedBytes?: number;
  unixMode?: number;
  /** Where the central directory says that the entry is. */
  offset?: number;
};

/** An archive made by hand, to be able to lie; honest by default. */
export function buildZip(entries: readonly ZipFixture[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const data = entry.data ?? Buffer.alloc(0);
    const method = entry.method ?? 8;
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(data, { level: 9 }) : data);
    const name = Buffer.from(entry.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? 0, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(entry.crc ?? crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.unpackedBytes ?? data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.unixMode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(entry.offset ?? offset, 10);
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 3]), common, tail, name);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, name, packed]);
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
