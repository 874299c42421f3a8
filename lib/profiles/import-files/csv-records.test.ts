import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readRecords } from "./csv-records.ts";

function records(text: string, delimiter = ","): string[][] | string {
  const all: string[][] = [];
  const fault = readRecords(text, delimiter, (cells) => {
    all.push(cells);
    return undefined;
  });
  return fault === null ? all : `row ${fault.row}, cell ${fault.cell}: ${fault.problem}`;
}

test("rows count as in a spreadsheet: blank lines too, quoted line breaks not", () => {
  const rows: [number, string][] = [];
  readRecords('a\r\n\r\n"x\r\ny"\r\nb', ",", (cells, row) => {
    rows.push([row, cells.join()]);
    return undefined;
  });
  expect(rows).toEqual([
    [1, "a"],
    [2, ""],
    [3, "x\r\ny"],
    [4, "b"],
  ]);
});

test.each([
  ["", []],
  ["a", [["a"]]],
  ["a,", [["a", ""]]],
  [",\n", [["", ""]]],
  ["a\rb\nc\r\nd\r\n", [["a"], ["b"], ["c"], ["d"]]],
  ['"a,""b""",c\n', [['a,"b"', "c"]]],
  ['"a" ,b', [["a", "b"]]],
  ['Jane "JJ" Doe,5"\n', [['Jane "JJ" Doe', '5"']]],
  ['""', [[""]]],
])("%j", (text, expected) => {
  expect(records(text)).toEqual(expected);
});

test.each([
  ['a,b\n1,"x\n3,4\n', "row 2, cell 1: a quote opens here and is never closed"],
  ['a,b\n1,"x\n3,"4"\n', "row 2, cell 1: the quoted text that starts here has more text after its closing quote"],
  [`a\n"${"x".repeat(40_000)}"\n`, "row 2, cell 0: a quote opens here and is never closed"],
  [`a\n${"x".repeat(40_000)}\n`, "row 2, cell 0: it is longer than 32767 characters"],
])("%.30j is a fault, placed where it begins", (text, expected) => {
  expect(records(text)).toBe(expected);
});

test("agrees with csv-parse about any well-formed table", () => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab ,;"\n\r\té🚀') });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n"), (rows, lineEnd) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join(lineEnd);
      expect(records(text)).toEqual(rows);
      expect(parse(text, { relax_column_count: true, record_delimiter: lineEnd })).toEqual(rows);
    }),
  );
});

test("never throws, and never loses a character of unquoted text", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab,"\n\r ') }), (text) => {
      const result = records(text);
      if (typeof result === "string" || text.includes('"')) return;
      expect(result.flat().join("")).toBe(text.replace(/[,\r\n]/g, ""));
    }),
  );
});
