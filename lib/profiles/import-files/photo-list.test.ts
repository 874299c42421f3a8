import { expect, test } from "vitest";
import { buildZip, drain, jpegLike, temporaryFolder, writeTree } from "./fixtures.ts";
import { openImport } from "./open-import.ts";

const files = temporaryFolder();

const LIST = [
  "Photo;LinkedIn URL;Name",
  "IMG_0001.JPG;https://www.linkedin.com/in/janedoe;Jane",
  "./2024/portrait;linkedin.com/in/max-muster;Max",
  "gone.jpg;linkedin.com/in/eve-gone;Eve",
  "img_0001.jpg;linkedin.com/in/somebody-else;Twice",
  "sales.jpg;https://www.linkedin.com/sales/lead/ACwAAA;Sal",
  ";linkedin.com/in/no-file;None",
].join("\r\n");
const PHOTOS = {
  "a/img_0001.jpg": jpegLike(1),
  "2024/portrait": jpegLike(2),
  "zoe-own.png": jpegLike(3),
  "again/janedoe.jpg": jpegLike(4),
  "a/notes.csv": Buffer.from("a,b\n1,2\n"),
};

const TAKEN = [
  ["2024/portrait", "max-muster"],
  ["a/img_0001.jpg", "janedoe"],
  ["zoe-own.png", "zoe-own"],
];
const REFUSED = [
  ["a/notes.csv", "is not a .jpg, .png, .webp, .avif or .gif file"],
  ["again/janedoe.jpg", "is a second photo of janedoe, after a/img_0001.jpg"],
  ["people.csv, row 4", "is a file that is not there"],
  ["people.csv, row 5", "is a file that an earlier row names"],
  [
    "people.csv, row 6, column LinkedIn URL",
    "is a Sales Navigator or Recruiter address; only the public profile's address names a person",
  ],
  ["people.csv, row 7", "names no file"],
];

test("a CSV among photos says whose they are, in an archive and in a folder, and rows without use are refused", async () => {
  const zip = buildZip([
    { name: "people.csv", data: Buffer.from(LIST) },
    ...Object.entries(PHOTOS).map(([name, data]) => ({ name, data })),
  ]);
  await writeTree(files.path("folder"), { "people.csv": Buffer.from(LIST), ...PHOTOS });
  for (const place of [files.write("photos.zip", zip), files.path("folder")]) {
    const { rows, refused } = await drain(await openImport(place));
    expect(rows.map(({ where, username }) => [where, username]).sort()).toEqual(TAKEN);
    expect(refused.map(({ where, problem }) => [where, problem]).sort()).toEqual(REFUSED);
  }
});

test.each([
  ["without a column of files", "LinkedIn URL,Name\nlinkedin.com/in/janedoe,Jane\n"],
  ["without people", "file,phone\nimg.jpg,1\n"],
  ["that is none", "\0\0\0"],
  ["that is empty", ""],
])("a CSV %s lists nothing, and is refused itself", async (_, text) => {
  const zip = buildZip([
    { name: "list.csv", data: Buffer.from(text) },
    { name: "janedoe.jpg", data: jpegLike() },
  ]);
  const { rows, refused } = await drain(await openImport(files.write("other.zip", zip)));
  expect(rows.map(({ username }) => username)).toEqual(["janedoe"]);
  expect(refused.map(({ where }) => where)).toEqual(["list.csv"]);
});

test("a listed file is taken by its content alone, and a path out of the archive leads nowhere", async () => {
  const list = "file,username\n../../etc/passwd,janedoe\nscript.html,max-muster\nC:\\x\\ok.bin,zoe-ok\n";
  const zip = buildZip([
    { name: "list.csv", data: Buffer.from(list) },
    { name: "../../etc/passwd", data: Buffer.from("root:x:0:0") },
    { name: "script.html", data: Buffer.from("<!doctype html><script>") },
    { name: "C:\\x\\ok.bin", data: jpegLike(5) },
    { name: "photo.jpg", data: jpegLike(6) },
  ]);
  const { rows, refused } = await drain(await openImport(files.write("paths.zip", zip)));
  expect(rows.map(({ username }) => username)).toEqual(["zoe-ok", "photo"]);
  expect(refused.map(({ problem }) => problem)).toEqual([
    "is not a JPEG, PNG, WebP, AVIF or GIF picture: it looks like text",
    "is not a JPEG, PNG, WebP, AVIF or GIF picture: it looks like a web page",
  ]);
});
