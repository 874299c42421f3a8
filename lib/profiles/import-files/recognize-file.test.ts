import { mkdirSync, truncateSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildZip, drain, jpegLike, temporaryFolder, writeTree } from "./fixtures.ts";
import { openImport } from "./open-import.ts";
import { recognizeFile } from "./recognize-file.ts";

const files = temporaryFolder();

const CSV = "First Name,Last Name,URL\r\nJane,Doe,https://www.linkedin.com/in/janedoe\r\n";
const CONNECTIONS =
  "Notes:\r\n\r\nFirst Name,Last Name,URL,Connected On\r\nJane,Doe,https://www.linkedin.com/in/janedoe,\r\n";
const CARD = "BEGIN:VCARD\r\nFN:Jane\r\nURL:linkedin.com/in/janedoe\r\nEND:VCARD\r\n";

test.each([
  ["connections_csv", "people.vcf", CONNECTIONS],
  ["csv", "utf16.txt", Buffer.from(`\ufeff${CSV}`, "utf16le")],
  ["csv", "phones.txt", "Name,Phone\nJane,1\n"],
  ["hubspot_csv", "all.csv", "Record ID,First Name,LinkedIn URL\n1,Jane,\n"],
  ["hubspot_csv", "api.csv", "firstname,hs_linkedin_url\nJane,\n"],
  ["salesforce_csv", "report.csv", "Id,FirstName,LinkedIn_URL__c\n1,Jane,\n"],
  ["csv", "long.csv", `${CSV}${"Jürgen,Müller,linkedin.com/in/jürgen\n".repeat(20_000)}`],
  ["vcard", "people.csv", CARD],
  ["vcard", "utf16.vcf", Buffer.from(`\ufeff${CARD}`, "utf16le")],
  ["vcard", "spaced.vcf", `\ufeff\r\n${CARD}`],
  ["photo_zip", "people.txt", buildZip([{ name: "a/janedoe.jpg", data: jpegLike() }])],
])("%s is recognised by content, not by the name %s", async (kind, name, data) => {
  expect(await recognizeFile(files.write(name, data))).toBe(kind);
});

test("a folder is recognised by the pictures in it", async () => {
  await writeTree(files.path("photos.csv"), { "a/b/janedoe.jpg": jpegLike() });
  expect(await recognizeFile(files.path("photos.csv"))).toBe("photo_folder");
  mkdirSync(files.path("empty"));
  await expect(recognizeFile(files.path("empty"))).rejects.toMatchObject({ code: "file_not_recognized" });
  await writeTree(files.path("export"), { "data/Connections.csv": Buffer.from(CSV) });
  await expect(recognizeFile(files.path("export"))).rejects.toMatchObject({
    fields: { problem: "it is a folder; give the data/Connections.csv in it" },
  });
});

test.each([
  ["empty.csv", "", "it is empty"],
  ["photo.csv", jpegLike(), "it is a JPEG picture; give the folder or the .zip that it is in"],
  ["page.csv", "<!DOCTYPE html><title>x</title>", "it looks like a web page"],
  ["data.csv", '{"people": []}', "it looks like JSON"],
  ["paper.csv", "%PDF-1.7\n\0\0", "it looks like a PDF document"],
  ["program.csv", Buffer.from("7f454c460200000000000000", "hex"), "it looks like binary data"],
  [
    "sheet.csv",
    buildZip([{ name: "[Content_Types].xml" }, { name: "xl/workbook.xml" }]),
    "it is an Excel workbook; save it as CSV",
  ],
  ["export.csv", buildZip([{ name: "Connections.csv" }]), "it is a .zip; unpack it and give the Connections.csv in it"],
  ["other.zip", buildZip([{ name: "readme.md" }]), "it is a .zip without photos"],
  [
    "prose.csv",
    "Dear all\nthis is no list\n",
    'none of its first lines names columns, as the header of a CSV does (line 1 is "Dear all")',
  ],
])("%s is not recognised, and the error says what it looks like", async (name, data, problem) => {
  const file = files.write(name, data);
  await expect(recognizeFile(file)).rejects.toMatchObject({ code: "file_not_recognized", fields: { file, problem } });
});

test("a missing file and a broken archive say so", async () => {
  await expect(recognizeFile(files.path("none"))).rejects.toMatchObject({ code: "file_unreadable" });
  await expect(recognizeFile(files.write("cut.zip", "PK\x03\x04 and no more"))).rejects.toMatchObject({
    code: "file_broken",
  });
  await expect(recognizeFile(files.write("late-nul.csv", `${"x".repeat(600)}\n\0`))).rejects.toMatchObject({
    code: "file_broken",
    fields: { where: "line 2" },
  });
});

test("opening takes any kind, and refuses what is wrong with the whole before the first item", async () => {
  for (const data of [CSV, CARD, buildZip([{ name: "janedoe.jpg", data: jpegLike() }])]) {
    const opened = await openImport(files.write("any", data));
    expect(opened.total).toBe(1);
    const { rows, refused } = await drain(opened);
    expect([rows.map(({ username }) => username), refused]).toEqual([["janedoe"], []]);
  }
  expect((await openImport(files.path("photos.csv"))).kind).toBe("photo_folder");
  const large = files.write("large.csv", CSV);
  truncateSync(large, 300 * 1024 * 1024);
  await expect(openImport(large)).rejects.toMatchObject({ code: "file_too_large" });
});

test("any bytes are recognised, or refused with a code", async () => {
  const starts = [
    Buffer.from(CSV),
    Buffer.from(CARD),
    Buffer.from("PK\x03\x04"),
    Buffer.from([0xff, 0xfe]),
    Buffer.alloc(0),
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), async (start, bytes) => {
      try {
        await drain(await openImport(files.write("fuzz", Buffer.concat([start, bytes]))));
      } catch (error) {
        expect(error).toMatchObject({
          appError: true,
          code: expect.stringMatching(/^(?:file_|import_columns_unknown)/),
        });
      }
    }),
    { numRuns: 300 },
  );
});
