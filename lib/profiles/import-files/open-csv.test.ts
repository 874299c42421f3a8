import { truncateSync } from "node:fs";
import { expect, test } from "vitest";
import { MAX_CSV_BYTES } from "./csv-file.ts";
import { temporaryFolder } from "./fixtures.ts";
import { openCsv } from "./open-csv.ts";
import type { ImportedRow, RefusedRow } from "./rows.ts";

const files = temporaryFolder();
let count = 0;

function csv(data: string | Uint8Array): string {
  return files.write(`${++count}.csv`, data);
}

/** All of a file: everybody it names, what was refused, and which rows name somebody again. */
async function read(file: string, options: Parameters<typeof openCsv>[1] = {}) {
  const { items, encoding, total } = await openCsv(file, options);
  const people: ImportedRow[] = [];
  const refused: RefusedRow[] = [];
  const again: string[] = [];
  for await (const item of items) {
    if (!item.ok) refused.push(item.refused);
    else if (item.again !== undefined) again.push(`${item.row.where} after ${item.again}`);
    if (item.ok) people.push(item.row);
  }
  expect(people.length + refused.length).toBe(total);
  return { people, refused, again, encoding };
}

const HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On";
const PREAMBLE = `Notes:\r\n"When exporting your connection data, you may notice ""gaps"". See\r\nhttps://www.linkedin.com/psettings"\r\n\r\n`;
const JANE =
  'Jane,Doe,https://www.linkedin.com/in/janedoe,jane@example.com,"Acme, Inc.","Head of ""Things""",12 Mar 2024';

test("LinkedIn's export: preamble, byte order mark, CRLF, quotes", async () => {
  const { people, refused, again } = await read(csv(`\ufeff${PREAMBLE}${HEADER}\r\n${JANE}\r\n`));
  expect(people).toEqual([
    {
      where: "row 5",
      username: "janedoe",
      firstName: "Jane",
      lastName: "Doe",
      email: "jane@example.com",
      company: "Acme, Inc.",
      position: 'Head of "Things"',
      connectedOn: "2024-03-12",
    },
  ]);
  expect([refused, again]).toEqual([[], []]);
});

test("a row without a usable address is refused by row and column, and the others import", async () => {
  const { people, refused } = await read(
    csv(
      [
        HEADER,
        JANE,
        "Max,Muster,,,,,",
        "",
        "Eve,Ill,https://evil.test/in/eve,,,,",
        ",,https://www.linkedin.com/in/nameless,,,,not a date",
        "Sal,Nav,https://www.linkedin.com/sales/lead/ACwAAA,,,,",
        'Two,Lines,"linkedin.com/in/two\nlines",,,,',
        "Too,Many,https://www.linkedin.com/in/toomany,,Acme, Inc.,Boss,12 Mar 2024,x",
        "Ok,Last,linkedin.com/in/oklast,,,,,,",
      ].join("\n"),
    ),
  );
  expect(people.map(({ username, where }) => [where, username])).toEqual([
    ["row 2", "janedoe"],
    ["row 6", "nameless"],
    ["row 10", "oklast"],
  ]);
  expect(people[1]).toEqual({ where: "row 6", username: "nameless" });
  expect(refused).toEqual([
    { where: "row 3, column URL", value: "", problem: "is empty for Max Muster" },
    { where: "row 5, column URL", value: "https://evil.test/in/eve", problem: "is not on linkedin.com" },
    {
      where: "row 7, column URL",
      value: "https://www.linkedin.com/sales/lead/ACwAAA",
      problem: "is a Sales Navigator or Recruiter address; only the public profile's address names a person",
    },
    { where: "row 8, column URL", value: "linkedin.com/in/two lines", problem: "holds more than one line" },
    {
      where: "row 9",
      value: "Too,Many,https://www.linkedin.com/in/toomany,,Acme, Inc.,Boss,12 Mar 2024,x",
      problem: "has 9 cells under a header of 7: a comma may stand without quotes",
    },
  ]);
});

test("a row that names somebody again says where they were named first", async () => {
  const { people, again } = await read(
    csv(`URL,Company,Position\nlinkedin.com/in/janedoe,Acme,Boss\nhttps://de.linkedin.com/in/JaneDoe/,Beta,\n`),
  );
  expect(people).toEqual([
    { where: "row 2", username: "janedoe", company: "Acme", position: "Boss" },
    { where: "row 3", username: "janedoe", company: "Beta" },
  ]);
  expect(again).toEqual(["row 3 after row 2"]);
});

test.each([
  ["URL\njanedoe.example\nhttps://www.linkedin.com/in/janedoe", "janedoe"],
  ["LinkedIn URL\nlinkedin.com/in/janedoe", "janedoe"],
  ["email;linkedin_url\nx@example.com;linkedin.com/in/janedoe", "janedoe"],
  ["Name\tProfile URL\nJane Doe\tlinkedin.com/in/janedoe", "janedoe"],
  ["username\nJaneDoe", "janedoe"],
  ["Username\nhttps://www.linkedin.com/in/janedoe", "janedoe"],
  ["Record ID,hs_linkedin_url\n1,linkedin.com/in/janedoe", "janedoe"],
  ["LinkedIn_URL__c,LinkedIn Bio\nlinkedin.com/in/janedoe,hello", "janedoe"],
  ["LinkedIn URL,linkedin_personal_url\nlinkedin.com/sales/lead/1,linkedin.com/in/janedoe", "janedoe"],
  ["LinkedIn\nMy LinkedIn export\n\nName,LinkedIn-Profil\nJane,linkedin.com/in/janedoe", "janedoe"],
  ["https://www.linkedin.com/in/janedoe/\n", "janedoe"],
  ["Jane;linkedin.com/in/janedoe;Acme", "janedoe"],
  ["sep=;\nURL;Company\nlinkedin.com/in/janedoe;A, B", "janedoe"],
])("a plain list is read by its header: %j", async (text, username) => {
  const { people } = await read(csv(text));
  expect(people.map((person) => person.username)).toEqual([username]);
});

test("a whole name is split where there are no columns for its parts", async () => {
  const { people } = await read(csv("Name,URL\nJane Q. Doe,linkedin.com/in/janedoe"));
  expect(people[0]).toMatchObject({ firstName: "Jane Q.", lastName: "Doe" });
});

const UMLAUT = "First Name,URL\r\nJürgen,linkedin.com/in/jürgen\r\n";

test.each([
  ["utf-8", Buffer.from(UMLAUT)],
  ["utf-16le", Buffer.from(`\ufeff${UMLAUT}`, "utf16le")],
  ["utf-16le", Buffer.from(UMLAUT.replaceAll("ü", "u"), "utf16le")],
  ["utf-16be", Buffer.from(`\ufeff${UMLAUT}`, "utf16le").swap16()],
  ["windows-1252", Buffer.from(UMLAUT, "latin1")],
] as const)("%s is recognised", async (encoding, bytes) => {
  const result = await read(csv(bytes));
  expect(result.encoding).toBe(encoding);
  expect(result.people[0]?.username).toMatch(/^j[üu]rgen$/);
});

test.each([
  ["an unclosed quote", `${HEADER}\n${JANE}\nMax,"Muster,linkedin.com/in/max,,,,\n`, "row 3, column Last Name"],
  ["text after a quote", `${PREAMBLE}${HEADER}\n${JANE}\n"Max"x,Muster,,,,,\n`, "row 6, column First Name"],
  ["a NUL", `${HEADER}\n${JANE}\nM\0x,,,,,,\n`, "line 3"],
  ["mixed encodings", Buffer.concat([Buffer.from(`${HEADER}\nJürgen,,,,,,\nJ`), Buffer.from([0xfc, 0x72])]), "line 3"],
])("%s breaks the file, and the error names the place", async (_, data, where) => {
  const file = csv(data);
  await expect(read(file)).rejects.toMatchObject({ code: "file_broken", fields: { file, where } });
});

test.each([
  ["an empty file", "", "it is empty"],
  [
    "no header",
    "hello\nworld\n",
    'none of its first lines names columns, as the header of a CSV does (line 1 is "hello")',
  ],
  ["a header too late", `${"x\n".repeat(50)}URL\nlinkedin.com/in/janedoe\n`, undefined],
])("%s is not recognised", async (_, data, problem) => {
  const error = await read(csv(data)).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "file_not_recognized" });
  if (problem !== undefined) expect(error).toMatchObject({ fields: { problem } });
});

test("a header on line 50 is found, whatever stands above it", async () => {
  const { people } = await read(csv(`${'note "\n'.repeat(49)}URL\nlinkedin.com/in/janedoe\n`));
  expect(people).toEqual([{ where: "row 51", username: "janedoe" }]);
});

test("a folder, a missing file and a file of 300 MB are refused at once", async () => {
  await expect(read(files.path("."))).rejects.toMatchObject({ code: "file_not_recognized" });
  await expect(read(files.path("none.csv"))).rejects.toMatchObject({
    code: "file_unreadable",
    fields: { problem: "there is no such file" },
  });
  const large = csv(`${HEADER}\n`);
  truncateSync(large, 300 * 1024 * 1024);
  const begun = performance.now();
  await expect(read(large)).rejects.toMatchObject({
    code: "file_too_large",
    message: `${large} is 300 MB; the limit is ${MAX_CSV_BYTES >> 20} MB.`,
  });
  expect(performance.now() - begun).toBeLessThan(500);
});

test("5,000 rows take a fraction of a second", async () => {
  const rows = Array.from({ length: 5_000 }, (_, at) => JANE.replaceAll("janedoe", `jane-doe-${at}`));
  const file = csv(`${PREAMBLE}${HEADER}\r\n${rows.join("\r\n")}\r\n`);
  const begun = performance.now();
  const { people } = await read(file);
  expect(people).toHaveLength(5_000);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test("a bare list of addresses has no header, and its rows count from the first", async () => {
  const { people, refused } = await read(csv("linkedin.com/in/janedoe\nacme.example\n\nlinkedin.com/in/max-muster\n"));
  expect(people.map(({ where, username }) => [where, username])).toEqual([
    ["row 1", "janedoe"],
    ["row 4", "max-muster"],
  ]);
  expect(refused).toMatchObject([{ where: "row 2, column Column 1" }]);
});

test("what was remembered of columns does not touch LinkedIn's own file; what is said of it does", async () => {
  const url = new Map([["url", null]] as const);
  const file = csv(`${HEADER}\n${JANE}\n`);
  expect((await read(file, { remembered: url })).people).toHaveLength(1);
  await expect(read(file, { said: url })).rejects.toMatchObject({ code: "import_columns_unknown" });
  expect((await read(file, { said: new Map([["company", null]] as const) })).people[0]).not.toHaveProperty("company");
});

test("a header of two thousand columns is read whole; one of a hundred thousand letters is none", async () => {
  const names = Array.from({ length: 1_990 }, (_, at) => `property_number_${at}`);
  const wide = [
    [...names, "LinkedIn URL"],
    [...names.map(() => ""), "linkedin.com/in/janedoe"],
  ];
  const text = wide.map((cells) => cells.join(",")).join("\n");
  expect((await read(csv(text))).people).toEqual([{ where: "row 2", username: "janedoe" }]);
  const long = `URL,${"x".repeat(900)},${"y,".repeat(60_000)}\nlinkedin.com/in/janedoe,a,b\n`;
  await expect(read(csv(long))).rejects.toMatchObject({ code: "file_not_recognized" });
});
