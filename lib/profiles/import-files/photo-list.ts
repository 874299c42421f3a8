import { guessFields, headerKey } from "./csv-fields.ts";
import { findHeader } from "./csv-header.ts";
import { personOfRecord } from "./csv-person.ts";
import { readFirst } from "./csv-records.ts";
import { isLeftover } from "./photo-name.ts";
import { cleanText, type ImportItem, refuse } from "./rows.ts";
import { decodeHead } from "./text-encoding.ts";

/** Whose photos the files of a folder or archive are, as a CSV among them says. */
export type PhotoList = {
  /** The list's own path. */
  readonly path: string;
  /** The username that it gives a file, or undefined where the file's own name has to say. */
  usernameOf(path: string): string | undefined;
  /** Rows that say nothing of use; ask after all files, for those whose file is not there are among them. */
  refused(): readonly ImportItem[];
};

/** A hundred bytes a photo, for as many photos as are taken from one source. */
export const MAX_LIST_BYTES = 16 * 1024 * 1024;

/** By headerKey. */
const FILE_COLUMNS = new Set(
  "file filename filepath path photo photofile picture image imagefile bild datei dateiname foto fichier archivo imagen arquivo bestand plik fil tiedosto".split(
    " ",
  ),
);

/** Which of the files is the list: the CSV nearest to the top, the first of equals. */
export function findPhotoList<Entry extends { readonly path: string }>(entries: readonly Entry[]): Entry | undefined {
  const depth = ({ path }: Entry) => path.split(/[/\\]/).length;
  const lists = entries.filter(({ path }) => /\.csv$/i.test(path) && !path.split(/[/\\]/).some(isLeftover));
  return lists.toSorted((a, b) => depth(a) - depth(b))[0];
}

/**
 * Reads a list with a column of file names (`file`, `photo`, `image` …) and one of LinkedIn addresses or usernames. Null when it
 * has no such columns: then it is no list. Names are matched as they stand, by their last part, and whatever their case.
 */
export function readPhotoList(path: string, bytes: Buffer): PhotoList | null {
  const { text } = decodeHead(bytes);
  const header = findHeader(text);
  const fileColumn = header?.names.findIndex((name) => FILE_COLUMNS.has(headerKey(name))) ?? -1;
  if (!header || fileColumn < 0) return null;
  const rest = Buffer.from(text).subarray(header.offset).toString();
  const { records } = readFirst(rest, header.delimiter, Number.MAX_SAFE_INTEGER);
  const guessed = guessFields(header.names, records);
  const fields = guessed.map((field, at) => (at === fileColumn ? null : field));
  if (!fields.some((field) => field === "url" || field === "username")) return null;

  const wrong: ImportItem[] = [];
  const byName = new Map<string, { username: string; where: string; name: string; used: boolean }>();
  for (const [at, cells] of records.entries()) {
    const place = `row ${header.row + 1 + at}`;
    const where = `${cleanText(path, 100) ?? "the list"}, ${place}`;
    const name = (cells[fileColumn] ?? "").trim();
    const item = personOfRecord(header, fields, cells, header.row + 1 + at);
    if (item === null) continue;
    if (!item.ok)
      wrong.push({ ok: false, refused: { ...item.refused, where: where.replace(place, item.refused.where) } });
    else if (name === "") wrong.push(refuse(where, item.row.username, "names no file"));
    else if (byName.has(keyOf(name))) wrong.push(refuse(where, name, "is a file that an earlier row names"));
    else byName.set(keyOf(name), { username: item.row.username, where, name, used: false });
  }
  return {
    path,
    usernameOf(file) {
      const listed = byName.get(keyOf(file)) ?? byName.get(keyOf(file.split(/[/\\]/).pop() ?? ""));
      if (!listed) return undefined;
      listed.used = true;
      return listed.username;
    },
    refused() {
      const missing = [...byName.values()].filter(({ used }) => !used);
      return [...wrong, ...missing.map(({ where, name }) => refuse(where, name, "is a file that is not there"))];
    },
  };
}

function keyOf(name: string): string {
  return name
    .normalize("NFC")
    .replaceAll("\\", "/")
    .replace(/^(?:\.?\/)+/, "")
    .toLowerCase();
}
