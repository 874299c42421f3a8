import { type CsvKind, checkCsvSize, foreignContent, readCsvHead } from "./csv-file.ts";
import { notRecognized, openRegular, readRegular, statOf } from "./file-access.ts";
import { listFolder } from "./photo-folder.ts";
import { isNamedLikePicture } from "./photo-name.ts";
import { MAX_ZIP_BYTES } from "./photo-zip.ts";
import { kindOfContent } from "./picture.ts";
import { encodingOfFile } from "./text-encoding.ts";
import { readZipDirectory } from "./zip-directory.ts";

export type ImportKind = CsvKind | "photo_folder" | "photo_zip" | "vcard";

const EXPORTED_CSV = /(?:^|\/)connections\.csv$/i;
const HEAD_BYTES = 512;

/**
 * What a file is, by its content; its name says nothing. Throws file_not_recognized saying what it looks like,
 * file_unreadable, file_broken (text with binary data, or of two encodings), or what is wrong with an archive (see
 * readZipDirectory). Nothing is unpacked.
 */
export async function recognizeFile(file: string): Promise<ImportKind> {
  if ((await statOf(file)).isDirectory()) return recognizeFolder(file);
  const head = await readRegular(file, HEAD_BYTES, true);
  if (head.length === 0) throw notRecognized(file, "it is empty");
  const kind = kindOfContent(head);
  if (kind.picture) throw notRecognized(file, `it is ${kind.name}; give the folder or the .zip that it is in`);
  if (kind.name === "a zip archive") return recognizeZip(file);
  if (isVCard(head)) return "vcard";
  const foreign = foreignContent(head);
  if (foreign !== null) throw notRecognized(file, `it looks like ${foreign}`);
  await checkCsvSize(file);
  if (isBinary(head)) throw notRecognized(file, "it looks like binary data");
  await encodingOfFile(file);
  return (await readCsvHead(file)).kind;
}

async function recognizeFolder(folder: string): Promise<ImportKind> {
  const { entries } = await listFolder(folder);
  if (entries.some(({ path }) => isNamedLikePicture(path))) return "photo_folder";
  const csv = entries.find(({ path }) => EXPORTED_CSV.test(path));
  throw notRecognized(folder, csv ? `it is a folder; give the ${csv.path} in it` : "it is a folder without photos");
}

async function recognizeZip(file: string): Promise<ImportKind> {
  const { handle, size } = await openRegular(file, MAX_ZIP_BYTES);
  try {
    const entries = await readZipDirectory(handle, file, size);
    if (entries.some(({ path }) => isNamedLikePicture(path))) return "photo_zip";
    const has = (name: RegExp) => entries.some(({ path }) => name.test(path));
    if (has(EXPORTED_CSV)) throw notRecognized(file, "it is a .zip; unpack it and give the Connections.csv in it");
    if (has(/^xl\//)) throw notRecognized(file, "it is an Excel workbook; save it as CSV");
    throw notRecognized(file, "it is a .zip without photos");
  } finally {
    await handle.close();
  }
}

/** In any encoding: byte order marks and the NULs of UTF-16 are passed over. */
function isVCard(head: Buffer): boolean {
  const text = head.subarray(0, 256).toString("latin1");
  return /^\s*BEGIN\s*:\s*VCARD/i.test(text.replaceAll("\0", "").replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, ""));
}

/** Of text only UTF-16 has NULs, and those in every second place. */
function isBinary(head: Buffer): boolean {
  if (!head.includes(0) || (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    return false;
  const nulsAt = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) nulsAt[at % 2] = (nulsAt[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nulsAt;
  return Math.min(even, odd) > 0 || Math.max(even, odd) < head.length / 4;
}
