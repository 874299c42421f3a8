import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawFace, PORTRAIT } from "../lib/avatars/photos/drawn-face.fixture.ts";

const SCRIPT = join(import.meta.dirname, "eval-crop.ts");

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

let root = "";

async function folder(name: string, files: Record<string, Uint8Array>, faces: unknown): Promise<string> {
  const path = await mkdtemp(join(root, name));
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(path, file), bytes);
  if (faces !== undefined) await writeFile(join(path, "faces.json"), JSON.stringify(faces));
  return path;
}

const portrait = (): Promise<Buffer> => drawFace(PORTRAIT).jpeg().toBuffer();
const empty = (): Promise<Buffer> =>
  sharp({ create: { width: 300, height: 200, channels: 3, background: "#336699" } })
    .png()
    .toBuffer();
const entry = (file: string, face?: { x: number; y: number }): unknown => ({
  file,
  width: 400,
  height: 500,
  faces: face ? [{ ...face, width: 150, height: 200 }] : [],
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "eval-crop-"));
});
afterAll(() => rm(root, { recursive: true }));

describe("eval-crop", () => {
  test("prints a line for each photo and a summary, and passes", async () => {
    const files = { "ann.jpg": await portrait(), "none.png": await empty() };
    const path = await folder("good", files, [entry("ann.jpg", { x: 125, y: 115 }), entry("none.png")]);
    const { code, stdout } = await run(path);
    expect(stdout).toMatch(/^ann\.jpg +face +faces 1 .* whole +\d+ ms$/m);
    expect(stdout).toMatch(/^none\.png +attention +faces 0 +no face expected +\d+ ms$/m);
    expect(stdout).toContain("faces whole 1/1");
    expect(stdout).toContain("centred within 12% of the side 1/1 (100.0%)");
    expect(stdout).toContain("false detections 0/1");
    expect(code).toBe(0);
  });

  test("prints one JSON document with --json", async () => {
    const path = await folder("json", { "ann.jpg": await portrait() }, [entry("ann.jpg", { x: 125, y: 115 })]);
    const { code, stdout } = await run(path, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      summary: { photos: 1, facesWhole: 1, facesCentred: 1, passed: true },
      photos: [{ file: "ann.jpg", crop: "face", face: { whole: true } }],
    });
    expect(code).toBe(0);
  });

  test("fails with 1 where the crop misses the face", async () => {
    const path = await folder("miss", { "ann.jpg": await portrait() }, [entry("ann.jpg", { x: 5, y: 290 })]);
    const { code, stdout } = await run(path);
    expect(stdout).toContain("CUT");
    expect(stdout).toContain("FAILED");
    expect(code).toBe(1);
  });

  test("fails with 1 where a photo cannot be used, and says why", async () => {
    const path = await folder("text", { "ann.jpg": Buffer.from("text") }, [entry("ann.jpg", { x: 125, y: 115 })]);
    const { code, stdout } = await run(path);
    expect(stdout).toContain("not a JPEG, PNG, WebP, AVIF or GIF picture");
    expect(code).toBe(1);
  });

  test.each([
    ["no argument", async () => [], /Usage: npm run eval:crop/],
    ["an unknown option", async () => ["--jsno"], /--jsno/],
    ["a missing folder", async () => [join(root, "nowhere")], /There is no folder .*nowhere/],
    ["a folder without faces.json", async () => [await folder("bare", {}, undefined)], /There is no .*faces\.json/],
    ["faces.json of another form", async () => [await folder("form", {}, [{ name: "x" }])], /expected form/],
    ["a photo that is not there", async () => [await folder("gone", {}, [entry("gone.jpg")])], /names gone\.jpg/],
  ])("says what is wrong in one sentence and ends with 2: %s", async (_, args, sentence) => {
    const { code, stderr, stdout } = await run(...(await args()));
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
