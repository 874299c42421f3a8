import { AppError } from "#lib/platform/errors";
import { type CsvFields, namesPeople } from "./csv-fields.ts";
import {
  type CsvHead,
  type CsvKnowledge,
  type CsvMapping,
  checkCsvSize,
  chosenFields,
  isNotBlank,
  readCsvHead,
} from "./csv-file.ts";
import { columnName, personOfRecord } from "./csv-person.ts";
import { CsvFault, readRecords } from "./csv-records.ts";
import { broken } from "./file-access.ts";
import type { ImportItem, ImportSource } from "./rows.ts";
import { encodingOfFile, type TextEncoding, utf8Pieces } from "./text-encoding.ts";

export type OpenedCsv = ImportSource & { readonly head: CsvHead; readonly encoding: TextEncoding };

/**
 * A CSV with a column of LinkedIn addresses or usernames: LinkedIn's Connections.csv, a CRM's contacts, anybody's list. What
 * its columns hold is `mapping`, or else guessed (guessFields). It is read once to see that all of it is CSV, and again to
 * give its rows, so that neither needs memory for more than some of them. Throws file_too_large, file_unreadable,
 * file_not_recognized, `import_columns_unknown` when no column says who a row is, or file_broken with row and column; then
 * nothing is to be imported. A row without a usable address is refused alone; a row that names somebody whom an earlier one
 * names too is given with `again`.
 */
export async function openCsv(
  file: string,
  options: Omit<CsvKnowledge, "encoding"> & { mapping?: CsvMapping | undefined } = {},
): Promise<OpenedCsv> {
  const { mapping, ...known } = options;
  await checkCsvSize(file);
  const encoding = await encodingOfFile(file, mapping?.encoding);
  const head = await readCsvHead(file, { ...known, encoding });
  const fields = mapping ? chosenFields(head.header, mapping) : head.fields;
  if (!fields || !namesPeople(fields)) {
    const columns = head.header.names.slice(0, 40).join(", ").slice(0, 600);
    throw new AppError("import_columns_unknown", { fields: { columns } });
  }
  let total = 0;
  for await (const records of recordsOf(file, encoding, head)) {
    for (const { cells } of records) if (isNotBlank(cells)) total++;
  }
  return { head, encoding, total, items: items(file, encoding, head, fields) };
}

async function* items(
  file: string,
  encoding: TextEncoding,
  head: CsvHead,
  fields: CsvFields,
): AsyncGenerator<ImportItem> {
  const known = new Map<string, number>();
  for await (const records of recordsOf(file, encoding, head)) {
    for (const { cells, row } of records) {
      const item = personOfRecord(head.header, fields, cells, row);
      if (item === null) continue;
      const first = item.ok ? known.get(item.row.username) : undefined;
      if (item.ok && first === undefined) known.set(item.row.username, row);
      yield item.ok && first !== undefined ? { ok: true, row: item.row, again: `row ${first}` } : item;
    }
  }
}

async function* recordsOf(file: string, encoding: TextEncoding, { header }: CsvHead) {
  try {
    yield* readRecords(behind(header.offset, utf8Pieces(file, encoding)), header.delimiter, header.row + 1);
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    throw broken(file, `row ${error.row}, column ${columnName(header, error.cell)}`, error.message);
  }
}

async function* behind(offset: number, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let skip = offset;
  for await (const piece of pieces) {
    const start = Math.min(skip, piece.length);
    skip -= start;
    if (start < piece.length) yield piece.subarray(start);
  }
}
