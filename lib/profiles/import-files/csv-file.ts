import { CSV_FIELDS, type CsvField, type CsvFields, guessFields, headerKey, namesPeople } from "./csv-fields.ts";
import { type CsvHeader, findHeader, HEADER_SEARCH_BYTES } from "./csv-header.ts";
import { readFirst } from "./csv-records.ts";
import { notRecognized, openRegular, readRegular } from "./file-access.ts";
import { kindOfContent } from "./picture.ts";
import { cleanText } from "./rows.ts";
import { decodeHead, TEXT_ENCODINGS, type TextEncoding } from "./text-encoding.ts";

/** About half a million connections, or 100,000 contacts with everything a portal knows of them. */
export const MAX_CSV_BYTES = 256 * 1024 * 1024;

/** What somebody said of a CSV's columns: by column, beside the header that they saw, and the encoding if they chose one. */
export type CsvMapping = { columns: { name: string; field: CsvField | null }[]; encoding?: TextEncoding };

/** Remembered fields by headerKey. */
export type RememberedFields = ReadonlyMap<string, CsvField | null>;

export type CsvKind = "connections_csv" | "hubspot_csv" | "salesforce_csv" | "csv";

/** The beginning of a CSV: what its columns are called and seem to hold, and its first rows. */
export type CsvHead = {
  kind: CsvKind;
  header: CsvHeader;
  encoding: TextEncoding;
  fields: (CsvField | null)[];
  /** At most SAMPLE_ROWS, those right under the header, blank ones too. */
  rows: string[][];
};

const SAMPLE_ROWS = 50;

export type CsvKnowledge = {
  encoding?: TextEncoding | undefined;
  /** From files before; of LinkedIn's own file every column is known without. */
  remembered?: RememberedFields | undefined;
  /** Of this file. */
  said?: RememberedFields | undefined;
};

/**
 * Reads the beginning of a CSV. Throws file_too_large (over MAX_CSV_BYTES, by stat), file_unreadable, or file_not_recognized
 * (empty, a folder, no header) saying what it lacks.
 */
export async function readCsvHead(file: string, options: CsvKnowledge = {}): Promise<CsvHead> {
  await checkCsvSize(file);
  const bytes = await readRegular(file, HEADER_SEARCH_BYTES, true);
  if (bytes.length === 0) throw notRecognized(file, "it is empty");
  return headOf(file, bytes, options);
}

/** Throws file_too_large over MAX_CSV_BYTES, by stat, and what openRegular throws. */
export async function checkCsvSize(file: string): Promise<void> {
  const { handle } = await openRegular(file, MAX_CSV_BYTES);
  await handle.close();
}

function headOf(file: string, bytes: Buffer, { encoding: chosen, remembered, said }: CsvKnowledge): CsvHead {
  const { text, encoding } = decodeHead(untilLineEnd(bytes), chosen);
  const header = findHeader(text);
  if (header === null) throw notRecognized(file, missingHeader(text));
  const rest = Buffer.from(text).subarray(header.offset).toString();
  const rows = readFirst(rest, header.delimiter, SAMPLE_ROWS).records;
  const kind = kindOf(header.names);
  const known = new Map([...(kind === "connections_csv" ? [] : (remembered ?? [])), ...(said ?? [])]);
  return { kind, header, encoding, rows, fields: guessFields(header.names, rows, known) };
}

/**
 * The fields that somebody chose, as they apply to the file's columns; null where it has others than they saw, or where none
 * says who a row is.
 */
export function chosenFields(header: CsvHeader, { columns }: CsvMapping): CsvFields | null {
  const fits = columns.length === header.names.length && columns.every(({ name }, at) => name === header.names[at]);
  const fields = columns.map(({ field }) => field);
  return fits && namesPeople(fields) ? fields : null;
}

/** A mapping of unknown origin (a form, a row of JSON), or null. */
export function readMapping(value: unknown): CsvMapping | null {
  const { columns, encoding } = (value ?? {}) as { columns?: unknown; encoding?: unknown };
  if (!Array.isArray(columns)) return null;
  const read: CsvMapping["columns"] = [];
  for (const column of columns) {
    const { name, field } = (column ?? {}) as { name?: unknown; field?: unknown };
    if (typeof name !== "string") return null;
    read.push({ name, field: CSV_FIELDS.find((one) => one === field) ?? null });
  }
  const known = TEXT_ENCODINGS.find((one) => one === encoding);
  return known ? { columns: read, encoding: known } : { columns: read };
}

/** What a text lacks that has no header, for file_not_recognized. */
function missingHeader(text: string): string {
  const first = cleanText(text.slice(0, 2_000).split(/[\r\n]/, 1)[0] ?? "", 60) ?? "";
  return `none of its first lines names columns, as the header of a CSV does (line 1 is "${first}")`;
}

/** Of whom a list came, by the columns that nobody else's has. */
function kindOf(names: readonly string[]): CsvKind {
  const keys = new Set(names.map(headerKey));
  const has = (...some: string[]) => some.every((key) => keys.has(key));
  if (has("firstname", "lastname", "url", "connectedon")) return "connections_csv";
  if (names.some((name) => /__c$/i.test(name)) || has("accountid") || has("mailingcity") || has("mailingcountry"))
    return "salesforce_csv";
  const hubSpot =
    names.some((name) => /^hs_/.test(name)) ||
    ["recordid", "datensatzid", "idderegistro", "iddoregistro", "idrecord", "recordidcontact"].some((key) =>
      keys.has(key),
    );
  return hubSpot ? "hubspot_csv" : "csv";
}

export function isNotBlank(cells: readonly string[]): boolean {
  return cells.some((cell) => cell.trim() !== "");
}

// The head may end in the middle of a character, which would look like another encoding.
function untilLineEnd(head: Buffer): Buffer {
  const end = head.length < HEADER_SEARCH_BYTES ? -1 : head.lastIndexOf(0x0a);
  if (end < 0) return head;
  // The second byte of a UTF-16 line feed, where it stands behind the first.
  const wide = head[end + 1] === 0 ? 2 : 1;
  return head.subarray(0, end + wide);
}

/** What a file that is no CSV looks like, or null for text. */
export function foreignContent(bytes: Buffer): string | null {
  const { name } = kindOfContent(bytes);
  return name === "text" || name === "binary data" ? null : name;
}
