import fc from "fast-check";
import { expect, test } from "vitest";
import { CsvFault, readFirst, readRecords } from "./csv-records.ts";

async function* inPieces(text: string, bytes: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) yield all.subarray(at, at + bytes);
}

/** Rows with their numbers, or the fault in words. */
async function records(text: string, bytesAPiece = 1_000_000): Promise<[number, ...string[]][] | string> {
  const all: [number, ...string[]][] = [];
  try {
    for await (const some of readRecords(inPieces(text, bytesAPiece), ","))
      for (const { cells, row } of some) all.push([row, ...cells]);
    return all;
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    return `row ${error.row}, cell ${error.cell}: ${error.message}`;
  }
}

test("rows count as in a spreadsheet: blank lines too, quoted line breaks not", async () => {
  expect(await records('a\r\n\r\n"x\r\ny"\r\nb')).toEqual([
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
])("%j", async (text, expected) => {
  expect(await records(text)).toEqual(expected.map((cells, at) => [at + 1, ...cells]));
});

test.each([
  ['a,b\n1,"x\n3,4\n', "row 2, cell 1: a quote opens here and is never closed"],
  ['a,b\n1,"x\n3,"4"\n', "row 2, cell 1: the quoted text that starts here has more text after its closing quote"],
  ['a,b\n1,"x\n3,4\n"Ann",5\n6,"7"\n', "row 2, cell 1: the quoted text that starts here has more text after"],
  [`a\n"${"x\n".repeat(600_000)}"\n`, "row 2, cell 0: it is longer than 1 MB"],
  [`a\n${"x".repeat(1_100_000)}\n`, "row 2, cell 0: it is longer than 1 MB"],
])("%.30j is a fault, placed where it begins", async (text, expected) => {
  expect(await records(text)).toContain(expected);
});

test("any table is read as it was written, wherever its pieces are cut", async () => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab ,;"\n\r\té🚀') });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom("\n", "\r\n", "\r"), fc.nat({ max: 7 }), async (rows, lineEnd, piece) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join(lineEnd);
      expect(await records(text, piece + 1)).toEqual(rows.map((row, at) => [at + 1, ...row]));
      const { records: first, ends } = readFirst(text, ",", 100);
      expect([first, ends.at(-1)]).toEqual([rows, Buffer.byteLength(text)]);
    }),
  );
});

test("never loses a word of unquoted text, nor throws anything but a fault", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'ab,"\n\r ') }), async (text) => {
      const result = await records(text);
      if (typeof result === "string" || text.includes('"')) return;
      const words = result.flatMap(([, ...cells]) => cells).join("");
      expect(words.replaceAll(" ", "")).toBe(text.replace(/[,\r\n ]/g, ""));
    }),
  );
});
