import { AppError } from "#lib/platform/errors";
import { CSV_FIELDS, type CsvField, headerKey } from "./csv-fields.ts";
import { type RememberedFields, readCsvHead } from "./csv-file.ts";

/**
 * What is known of columns with what somebody says of this file's, as `COLUMN=FIELD`, or `COLUMN=` for nothing. Throws AppError
 * `usage` for a field that is none, or a column that the file has not; and what readCsvHead throws.
 */
export async function withSaidColumns(
  file: string,
  remembered: RememberedFields,
  said: readonly string[],
): Promise<RememberedFields> {
  if (said.length === 0) return remembered;
  const { names } = (await readCsvHead(file)).header;
  const known = new Map(remembered);
  for (const pair of said) {
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
