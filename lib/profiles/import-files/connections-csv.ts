import { findHeader, HEADER_SEARCH_LINES } from "./csv-header.ts";
import { columnName, personOfRecord } from "./csv-person.ts";
import { readRecords } from "./csv-records.ts";
import { broken, notRecognized, readRegular } from "./file-access.ts";
import { cleanText, type ImportedRow, type MergedRow, type RefusedRow } from "./rows.ts";
import { decodeText, lineAt, type TextEncoding } from "./text-encoding.ts";

/** About half a million connections; LinkedIn allows 30,000. */
export const MAX_CSV_BYTES = 64 * 1024 * 1024;

export type CsvImport = {
  /** Each person once, in the order of first mention. */
  people: ImportedRow[];
  refused: RefusedRow[];
  /** Of two texts for the same thing the later one stands. */
  merged: MergedRow[];
  encoding: TextEncoding;
};

/**
 * Reads LinkedIn's Connections.csv, or any CSV with a column of LinkedIn addresses or usernames. Throws
 * file_too_large (over MAX_CSV_BYTES, by stat), file_unreadable, file_not_recognized (empty, a folder, no header)
 * or file_broken with row, column and line; then nothing is to be imported. A row without a usable address is
 * refused alone.
 */
export async function parseConnectionsCsv(file: string): Promise<CsvImport> {
  const { text, encoding } = await readText(file);
  const header = findHeader(text);
  if (header === null) throw notRecognized(file, missingHeader(text));

  const people = new Map<string, ImportedRow>();
  const refused: RefusedRow[] = [];
  const merged: MergedRow[] = [];
  const onRecord = (cells: string[], row: number): undefined => {
    const item = personOfRecord(header, cells, row);
    if (item === null) return;
    if (!item.ok) {
      refused.push(item.refused);
      return;
    }
    const known = people.get(item.row.username);
    if (known === undefined) people.set(item.row.username, item.row);
    else {
      merged.push({ where: known.where, username: known.username });
      Object.assign(known, item.row);
    }
  };
  const fault = readRecords(text, header.delimiter, onRecord, header.offset, header.row + 1);
  if (fault !== null) {
    const where = `row ${fault.row}, column ${columnName(header, fault.cell)} (line ${lineAt(text, fault.offset)})`;
    throw broken(file, where, fault.problem);
  }
  return { people: [...people.values()], refused, merged, encoding };
}

// On its own, so that the bytes are free before the rows are built.
async function readText(file: string): Promise<{ text: string; encoding: TextEncoding }> {
  const bytes = await readRegular(file, MAX_CSV_BYTES);
  if (bytes.length === 0) throw notRecognized(file, "it is empty");
  const decoded = decodeText(bytes);
  if (!decoded.ok) throw broken(file, `line ${decoded.line}`, decoded.problem);
  return decoded;
}

/** What a text lacks that has no header, for file_not_recognized. */
export function missingHeader(text: string): string {
  const first = cleanText(text.slice(0, 2_000).split(/[\r\n]/, 1)[0] ?? "", 60) ?? "";
  return `none of its first ${HEADER_SEARCH_LINES} lines names a column such as URL, LinkedIn URL or username (line 1 is "${first}")`;
}
