import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { drain, jpegLike, temporaryFolder, writeTree } from "./fixtures.ts";
import { openPhotoFolder } from "./photo-folder.ts";
import { MAX_PHOTO_BYTES } from "./picture.ts";

const files = temporaryFolder();

test("photos are taken by the names of their files, in nested folders too", async () => {
  const folder = files.path("names");
  await writeTree(folder, {
    "JaneDoe.JPG": jpegLike(1),
    "team/berlin/peter-m%C3%BCller-81a8.jpeg": jpegLike(2),
    "team/jose\u0301-garcia.png": jpegLike(3),
    "team/jane.doe.webp": jpegLike(4),
    "ACoAABexampleExampleExampleExample01234.jpg": jpegLike(5),
    ".DS_Store": jpegLike(),
    ".hidden/secret.jpg": jpegLike(),
    "__MACOSX/._janedoe.jpg": jpegLike(),
    "team/Thumbs.db": jpegLike(),
  });
  const source = await openPhotoFolder(folder);
  expect(source.total).toBe(5);
  const { rows, refused } = await drain(source);
  expect(refused).toEqual([]);
  expect(rows.map(({ where, username }) => [where, username])).toEqual([
    ["ACoAABexampleExampleExampleExample01234.jpg", "ACoAABexampleExampleExampleExample01234"],
    ["JaneDoe.JPG", "janedoe"],
    ["team/jane.doe.webp", "jane.doe"],
    ["team/josé-garcia.png", "josé-garcia"],
    ["team/berlin/peter-m%C3%BCller-81a8.jpeg", "peter-müller-81a8"],
  ]);
  expect(rows[1]?.photo).toEqual(jpegLike(1));
});

test("what is no photo of a person is refused by name, and the rest goes on", async () => {
  const folder = files.path("refusals");
  await writeTree(folder, {
    "big-picture.jpg": jpegLike(1, MAX_PHOTO_BYTES + 1),
    "empty-file.png": Buffer.alloc(0),
    "jane doe.jpg": jpegLike(),
    "me.jpg": jpegLike(),
    "janedoe.jpg": jpegLike(1),
    "z/janedoe.png": jpegLike(2),
    "notes.txt": Buffer.from("hello"),
    "photos.zip": Buffer.from("PK\x03\x04"),
    "text-file.jpg": Buffer.from("I am not a picture"),
    "iphone.jpg": Buffer.from("\0\0\0\x18ftypheic"),
  });
  const { rows, refused } = await drain(await openPhotoFolder(folder));
  expect(rows.map(({ where }) => where)).toEqual(["janedoe.jpg"]);
  const notPicture = "is not a JPEG, PNG, WebP, AVIF or GIF picture: it looks like";
  expect(Object.fromEntries(refused.map(({ where, problem }) => [where, problem]))).toEqual({
    "big-picture.jpg": "is 5.1 MB; the limit is 5 MB",
    "empty-file.png": "is empty",
    "iphone.jpg": `${notPicture} a HEIC picture, as iPhones take them`,
    "jane doe.jpg": "is not a LinkedIn username before the dot",
    "me.jpg": "is not a LinkedIn username before the dot",
    "notes.txt": "is not a .jpg, .png, .webp, .avif or .gif file",
    "photos.zip": "is an archive of its own; unpack it first",
    "text-file.jpg": `${notPicture} text`,
    "z/janedoe.png": "is a second photo of janedoe, after janedoe.jpg",
  });
});

test("links are followed inside the folder only, and nothing but files is opened", async () => {
  const folder = files.path("links");
  await writeTree(folder, { "real/janedoe.jpg": jpegLike(7) });
  await writeTree(files.path("links-elsewhere"), { "secret.jpg": jpegLike(8) });
  symlinkSync("real/janedoe.jpg", `${folder}/alias-of-jane.jpg`);
  symlinkSync("../links-elsewhere/secret.jpg", `${folder}/outsider.jpg`);
  symlinkSync("../links-elsewhere", `${folder}/outside`);
  symlinkSync("..", `${folder}/real/loop`);
  symlinkSync("missing.jpg", `${folder}/dangling.jpg`);
  symlinkSync("real", `${folder}/folder.jpg`);
  const server = createServer().listen(`${folder}/socket.jpg`);
  await once(server, "listening");
  const { rows, refused } = await drain(await openPhotoFolder(folder));
  server.close();
  expect(rows.map(({ username }) => username)).toEqual(["alias-of-jane", "janedoe"]);
  const problems = Object.fromEntries(refused.map(({ where, problem }) => [where, problem]));
  expect(problems).toMatchObject({
    "outsider.jpg": "is a link that leads out of the folder",
    "dangling.jpg": "cannot be read: there is no such file",
    "folder.jpg": "is not a file",
    "socket.jpg": "is a device, a pipe or a socket",
    outside: "is not a .jpg, .png, .webp, .avif or .gif file",
  });
});

test("a folder that is itself a link is read", async () => {
  await writeTree(files.path("target"), { "janedoe.jpg": jpegLike() });
  symlinkSync("target", files.path("link-to-target"));
  const { rows } = await drain(await openPhotoFolder(files.path("link-to-target")));
  expect(rows).toHaveLength(1);
});

test("names cannot command a terminal", async () => {
  const folder = files.path("escapes");
  await writeTree(folder, { "\u001b[2Jx\n.txt": Buffer.from("x") });
  const { refused } = await drain(await openPhotoFolder(folder));
  expect(JSON.stringify(refused)).not.toMatch(/\\u001b|\\n/);
});

test("a file, a missing folder and too many files are errors of the whole", async () => {
  await expect(openPhotoFolder(files.path("none"))).rejects.toMatchObject({ code: "file_unreadable" });
  writeFileSync(files.path("file"), "x");
  await expect(openPhotoFolder(files.path("file"))).rejects.toMatchObject({ code: "file_not_recognized" });
  mkdirSync(files.path("vacant"));
  expect(await drain(await openPhotoFolder(files.path("vacant")))).toEqual({ rows: [], refused: [] });
});
