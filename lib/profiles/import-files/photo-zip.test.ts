import { appendFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildZip, drain, jpegLike, temporaryFolder, type ZipFixture } from "./fixtures.ts";
import { openPhotoZip } from "./photo-zip.ts";
import { MAX_PHOTO_BYTES } from "./picture.ts";

const files = temporaryFolder();
let count = 0;

function zip(entries: readonly ZipFixture[]): string {
  return files.write(`${++count}.zip`, buildZip(entries));
}

const JANE: ZipFixture = { name: "janedoe.jpg", data: jpegLike(1) };

test("photos are taken by name, whatever the path and the packing", async () => {
  const source = await openPhotoZip(
    zip([
      { name: "team/" },
      { name: "team/JaneDoe.jpg", data: jpegLike(1) },
      { name: "peter-müller.png", data: jpegLike(2), method: 0 },
      { name: "peter-m\u00fcller-2.png", data: jpegLike(3), flags: 0x800 },
      { name: Buffer.from("j\x81rgen.jpg", "latin1"), data: jpegLike(4) },
      { name: "../../etc/traversal.jpg", data: jpegLike(5) },
      { name: "/absolute.jpg", data: jpegLike(6) },
      { name: "C:\\photos\\windows.jpg", data: jpegLike(7) },
      { name: "__MACOSX/._janedoe.jpg", data: jpegLike(8) },
      { name: "team/.DS_Store", data: jpegLike(9) },
    ]),
  );
  expect(source.total).toBe(9);
  const { rows, refused } = await drain(source);
  expect(refused).toEqual([]);
  const names = ["janedoe", "peter-müller", "peter-müller-2", "jürgen", "traversal", "absolute", "windows"];
  expect(rows.map(({ username }) => username)).toEqual(names);
  expect(rows.map(({ photo }) => photo)).toEqual([1, 2, 3, 4, 5, 6, 7].map((seed) => jpegLike(seed)));
});

test("an entry that cannot be taken is refused by name, and the rest goes on", async () => {
  const lie = jpegLike(3, 4_000);
  const { rows, refused } = await drain(
    await openPhotoZip(
      zip([
        { name: "locked.jpg", data: jpegLike(), flags: 1 },
        { name: "bigger.jpg", data: Buffer.from(jpegLike(2, MAX_PHOTO_BYTES + 1)), method: 0 },
        { name: "exotic.jpg", data: jpegLike(), method: 14 },
        { name: "linked.jpg", data: Buffer.from("/etc/passwd"), unixMode: 0o120777 },
        { name: "42.zip", data: Buffer.from("PK") },
        { name: "notes.txt", data: Buffer.from("hello") },
        { name: "text-file.jpg", data: Buffer.from("hello") },
        { name: "says-less.jpg", data: lie, unpackedBytes: 40 },
        { name: "says-more.jpg", data: lie, unpackedBytes: 5_000 },
        { name: "stored-lie.jpg", data: lie, method: 0, unpackedBytes: 40 },
        { name: "flipped.jpg", data: lie, crc: 1 },
        { name: "garbage.jpg", data: lie, packed: Buffer.from("garbage") },
        { name: "\u001b[2J.txt", data: lie },
        JANE,
        { name: "again/janedoe.png", data: jpegLike(2) },
      ]),
    ),
  );
  expect(rows.map(({ username }) => username)).toEqual(["janedoe"]);
  const unlike = "does not unpack to what the archive's table of contents says";
  expect(refused.map(({ where, problem }) => [where, problem])).toEqual([
    ["locked.jpg", "is encrypted"],
    ["bigger.jpg", "is 5.1 MB; the limit is 5 MB"],
    ["exotic.jpg", "is packed in a way other than deflate"],
    ["linked.jpg", "is a link"],
    ["42.zip", "is an archive of its own; unpack it first"],
    ["notes.txt", "is not a .jpg, .png, .webp, .avif or .gif file"],
    ["text-file.jpg", "is not a JPEG, PNG, WebP, AVIF or GIF picture: it looks like text"],
    ["says-less.jpg", unlike],
    ["says-more.jpg", unlike],
    ["stored-lie.jpg", unlike],
    ["flipped.jpg", "is damaged: its checksum is wrong"],
    ["garbage.jpg", unlike],
    ["[2J.txt", "is not a .jpg, .png, .webp, .avif or .gif file"],
    ["again/janedoe.png", "is a second photo of janedoe, after janedoe.jpg"],
  ]);
});

test.each([
  [
    "one entry of zeros",
    [JANE, { name: "zeros.jpg", data: Buffer.alloc(4 << 20) }],
    /packed 10\d\d:1 at zeros\.jpg; the limit is 100:1/,
  ],
  [
    "many small entries of zeros",
    Array.from({ length: 40 }, (_, at) => ({ name: `zeros-${at}.jpg`, data: Buffer.alloc(1 << 20) })),
    /is 40 MB when unpacked; the limit is 4\.\d MB/,
  ],
  [
    "a claim of more than 4 GB",
    Array.from({ length: 3 }, (_, at) => ({
      name: `huge-${at}.jpg`,
      data: Buffer.alloc(15 << 20, "ab"),
      method: 0,
      unpackedBytes: 1_490_000_000,
    })),
    /is 4\.2 GB when unpacked; the limit is 4 GB/,
  ],
] as [string, ZipFixture[], RegExp][])(
  "a bomb is refused as a whole before anything is taken: %s",
  async (_, entries, message) => {
    const file = zip(entries);
    const begun = performance.now();
    await expect(openPhotoZip(file)).rejects.toMatchObject({
      code: "file_too_large",
      message: expect.stringMatching(message),
    });
    expect(performance.now() - begun).toBeLessThan(2_000);
  },
);

test("entries that share their bytes, as in bombs that repeat one kernel, break the archive", async () => {
  const kernel = deflateRawSync(jpegLike(1, 100_000));
  const file = zip([
    { name: "first.jpg", data: jpegLike(1, 100_000), packed: kernel },
    { name: "second.jpg", data: jpegLike(1, 100_000), packed: kernel, offset: 0 },
  ]);
  await expect(openPhotoZip(file)).rejects.toMatchObject({
    code: "file_broken",
    fields: { where: "entry second.jpg", problem: "it shares its bytes with first.jpg" },
  });
});

test("more entries than allowed are refused by the claim alone", async () => {
  const whole = buildZip([JANE]);
  const end = whole.length - 22;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(200_000n, 32);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  const file = files.write("claims.zip", Buffer.concat([whole.subarray(0, end), record, locator, whole.subarray(end)]));
  await expect(openPhotoZip(file)).rejects.toMatchObject({
    code: "file_too_large",
    message: `${file} is 200000 entries; the limit is 100000 entries.`,
  });
});

test("fewer entries than claimed break the archive", async () => {
  const bytes = buildZip([JANE]);
  bytes.writeUInt16LE(2, bytes.length - 12);
  await expect(openPhotoZip(files.write("fewer.zip", bytes))).rejects.toMatchObject({
    code: "file_broken",
    fields: { where: "entry 2 of its table of contents" },
  });
});

test("however its bytes are damaged, an archive is broken, or its entries are refused or whole", async () => {
  const photos = [jpegLike(1, 400), jpegLike(2, 400)];
  const whole = buildZip(photos.map((data, at) => ({ name: `janedoe-${at}.jpg`, data, method: at * 8 })));
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      try {
        const { rows } = await drain(await openPhotoZip(files.write("damaged.zip", bytes)));
        for (const { photo } of rows) expect(photos).toContainEqual(photo);
      } catch (error) {
        expect(error).toMatchObject({ appError: true, code: expect.stringMatching(/^file_(broken|too_large)$/) });
      }
    }),
    { numRuns: 500 },
  );
});

test("an archive cut short anywhere is broken, and nothing is taken", async () => {
  const whole = buildZip([JANE, { name: "second.jpg", data: jpegLike(2, 5_000), method: 0 }]);
  for (const length of [4, 30, 1_000, whole.length - 60, whole.length - 23, whole.length - 1]) {
    const file = files.write(`cut-${length}.zip`, whole.subarray(0, length));
    await expect(openPhotoZip(file)).rejects.toMatchObject({ code: "file_broken", fields: { file } });
  }
});

test("bytes missing from the middle break the archive", async () => {
  const whole = buildZip([JANE, { name: "second.jpg", data: jpegLike(2, 5_000), method: 0 }]);
  const file = files.write("hole.zip", Buffer.concat([whole.subarray(0, 100), whole.subarray(3_000)]));
  await expect(openPhotoZip(file)).rejects.toMatchObject({ code: "file_broken" });
});

test("an archive that changes after it was checked is not read on", async () => {
  const file = zip([JANE]);
  const source = await openPhotoZip(file);
  await new Promise((resolve) => setTimeout(resolve, 20));
  appendFileSync(file, "x");
  await expect(drain(source)).rejects.toMatchObject({ code: "file_broken" });
});

test("an empty archive holds no photos", async () => {
  expect(await drain(await openPhotoZip(zip([])))).toEqual({ rows: [], refused: [] });
});
