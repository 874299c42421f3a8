import { type CsvError, type Options, Parser } from "csv-parse";
import { parse } from "csv-parse/sync";

/** Where and why a file stops being CSV. `row` counts as a spreadsheet does; `cell` from 0. */
export class CsvFault extends Error {
  readonly row: number;
  readonly cell: number;
  constructor(row: number, cell: number, problem: string) {
    super(problem);
    this.row = row;
    this.cell = cell;
  }
}

/** More than any cell of a CRM's notes; a longer record is a quote that was never closed. */
const MAX_RECORD_BYTES = 1024 * 1024;

const PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote opens here and is never closed",
  CSV_MAX_RECORD_SIZE: "it is longer than 1 MB, as if a quote that opens here were never closed",
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE:
    "the quoted text that starts here has more text after its closing quote, as if a quote before it were never closed",
};

/**
 * How all of it is read. A quote inside an unquoted cell is an ordinary character, as Excel has it; text after a closing quote
 * is a fault (`rtrim` is what makes the parser look there), because guessing would swallow the rows in between.
 */
const options = (delimiter: string): Options => ({
  delimiter,
  bom: true,
  record_delimiter: ["\r\n", "\n", "\r"],
  relax_column_count: true,
  relax_quotes: true,
  rtrim: true,
  max_record_size: MAX_RECORD_BYTES,
});

/**
 * The records of UTF-8 text that comes in pieces, with the row that a spreadsheet shows: a blank line is one, a quoted line
 * break is none. `firstRow` is the first record's. Throws CsvFault where it stops being CSV.
 */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  delimiter: string,
  firstRow = 1,
): AsyncGenerator<{ cells: string[]; row: number }[]> {
  const parser = new Parser(options(delimiter));
  let failure: unknown;
  let batch: string[][] = [];
  parser.on("error", (error) => {
    failure = error;
  });
  parser.on("data", (cells: string[]) => batch.push(cells));
  let row = firstRow;
  const taken = () => {
    const records = batch.map((cells) => ({ cells, row: row++ }));
    batch = [];
    return records;
  };
  for await (const chunk of chunks) {
    await new Promise<void>((resolve) => {
      parser.write(chunk, () => resolve());
    });
    yield taken();
    if (failure) throw faultOf(failure, firstRow);
  }
  await new Promise<void>((resolve) => {
    parser.once("error", () => resolve());
    parser.once("end", resolve);
    parser.end();
  });
  yield taken();
  if (failure) throw faultOf(failure, firstRow);
}

/** The first records of a text, and where in its bytes each ends; those before a fault are given without it. */
export function readFirst(text: string, delimiter: string, count: number): { records: string[][]; ends: number[] } {
  const records: string[][] = [];
  const ends: number[] = [];
  try {
    parse(text, {
      ...options(delimiter),
      bom: false,
      to: count,
      on_record: (cells: string[], context) => {
        records.push(cells);
        ends.push(context.bytes);
        return null;
      },
    });
  } catch {
    // Whoever reads the whole is told where.
  }
  return { records, ends };
}

function faultOf(error: unknown, firstRow: number): unknown {
  const { code, records, column } = error as CsvError;
  const problem = PROBLEMS[code];
  return problem === undefined ? error : new CsvFault(firstRow + Number(records), Number(column), problem);
}
