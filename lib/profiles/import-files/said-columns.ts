import { AppError } from "#lib/platform/errors";
import { CSV_FIELDS, type CsvField, headerKey } from "./csv-fields.ts";
import { type RememberedFields, readCsvHead } from "./csv-file.ts";

/**
 * What somebody says of a file's columns, as `COLUMN=FIELD`, or `COLUMN=` for nothing. Throws AppError `usage` for a field that
 * is none, or a column that the file has not; and what readCsvHead throws.
 */
export async function readSaidColumns(file: string, pairs: readonly string[]): Promise<RememberedFields> {
  const known = new Map<string, CsvField | null>();
  if (pairs.length === 0) return known;
  const { names } = (await readCsvHead(file)).header;
  for (const pair of pairs) {
    const at = pair.lastIndexOf("=");
    const [column, word] = [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
    const field: CsvField | null | undefined = word === "" ? null : CSV_FIELDS.find((one) => one === word);
    if (at < 1 || field === undefined) {
      throw new AppError("usage", {
        fields: { problem: `--map takes COLUMN=FIELD, where FIELD is one of ${CSV_FIELDS.join(", ")}, or nothing.` },
      });
    }
    const key = headerKey(column);
    if (!names.some((name) => headerKey(name) === key)) {
      const columns = names.join(", ").slice(0, 600);
      throw new AppError("usage", { fields: { problem: `There is no column ${column}; there are: ${columns}.` } });
    }
    known.set(key, field);
  }
  return known;
}
