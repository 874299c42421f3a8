import { missingHeader } from "./connections-csv.ts";
import { findHeader, HEADER_SEARCH_BYTES } from "./csv-header.ts";
import { broken, notRecognized, openRegular, readRegular, statOf } from "./file-access.ts";
import { listFolder } from "./photo-folder.ts";
import { isNamedLikePicture } from "./photo-name.ts";
import { MAX_ZIP_BYTES } from "./photo-zip.ts";
import { kindOfContent } from "./picture.ts";
import { decodeText } from "./text-encoding.ts";
import { readZipDirectory } from "./zip-directory.ts";

export type ImportKind = "connections_csv" | "photo_folder" | "photo_zip" | "vcard";

const EXPORTED_CSV = /(?:^|\/)connections\.csv$/i;

/**
 * What a file is, by its content; its name says nothing. Throws file_not_recognized saying what it looks like,
 * file_unreadable, or what is wrong with an archive (see readZipDirectory). Nothing is unpacked or read in full.
 */
export async function recognizeFile(file: string): Promise<ImportKind> {
  if ((await statOf(file)).isDirectory()) return recognizeFolder(file);
  const head = await readRegular(file, HEADER_SEARCH_BYTES, true);
  if (head.length === 0) throw notRecognized(file, "it is empty");
  const kind = kindOfContent(head);
  if (kind.picture) throw notRecognized(file, `it is ${kind.name}; give the folder or the .zip that it is in`);
  if (kind.name === "a zip archive") return recognizeZip(file);
  if (isVCard(head)) return "vcard";
  const decoded = decodeText(untilLineEnd(head));
  if (decoded.ok && findHeader(decoded.text) !== null) return "connections_csv";
  const isText = kind.name === "text" || (kind.name === "binary data" && decoded.ok);
  if (!isText) throw notRecognized(file, `it looks like ${kind.name}`);
  if (!decoded.ok) throw broken(file, `line ${decoded.line}`, decoded.problem);
  throw notRecognized(file, missingHeader(decoded.text));
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

// The head may end in the middle of a character, which would look like another encoding.
function untilLineEnd(head: Buffer): Buffer {
  const end = head.length < HEADER_SEARCH_BYTES ? -1 : head.lastIndexOf(0x0a);
  return end < 0 ? head : head.subarray(0, end + 1);
}
