import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { pickInitials } from "./initials-of.ts";
import { layoutOf } from "./layout.ts";
import { outlinesOf } from "./outlines-of.ts";
import { type RasterFormat, renderInitialsRaster } from "./render-raster.ts";

const SIZE = 200;
const FORMATS: RasterFormat[] = ["png", "webp", "avif", "jpeg"];

const NAMES = {
  Latin: ["Jane Doe", "Írissa Þórðardóttir", "Nguyễn Văn Ấn", "William Moore", "Quentin", "Jane"],
  Greek: ["Ωμέγα Άλφα", "Σοφία"],
  Cyrillic: ["Иван Петров", "Щерба"],
  Han: ["张伟", "陳 大文", "一", "松田 花子"],
  Kana: ["ひととせ", "アイ"],
  Hangul: ["김지호", "남궁 성종"],
  Arabic: [..."اأبجخدرسصعغفكلمنهويپچگ"],
  Hebrew: ["יעל כהן", "למך", "קרן"],
  Devanagari: ["अनिल कुमार", "किरण मौर्य", "श्रीनिवास", "राम"],
  Thai: [..."กญฎปรฬ"],
};
const everyone = Object.entries(NAMES).flatMap(([script, names]) => names.map((name) => [script, name] as const));

const raster = (name: string, format: RasterFormat = "png", size = SIZE) =>
  renderInitialsRaster({ name, username: "jane-doe", size, format });
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Where the white is: its box, its amount in pixels, and how far it reaches from the middle, all of {@link SIZE}. */
async function inkOf(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
  const ink = { left: SIZE, right: 0, top: SIZE, bottom: 0, amount: 0, radius: 0 };
  for (const [index, value] of data.entries()) {
    if (value < 190) continue;
    const x = index % info.width;
    const y = Math.floor(index / info.width);
    ink.left = Math.min(ink.left, x);
    ink.right = Math.max(ink.right, x);
    ink.top = Math.min(ink.top, y);
    ink.bottom = Math.max(ink.bottom, y);
    ink.amount++;
    ink.radius = Math.max(ink.radius, Math.hypot(x - SIZE / 2, y - SIZE / 2));
  }
  return ink;
}

test.each(FORMATS)("%s comes out square, opaque, in the size asked for", async (format) => {
  const metadata = await sharp(await raster("Jane Doe", format, 64)).metadata();
  expect(metadata).toMatchObject({ width: 64, height: 64, hasAlpha: false });
  expect(metadata.format).toBe(format === "avif" ? "heif" : format);
});

test.each(everyone)("%s: %s is centred and within the circle", async (script, name) => {
  const ink = await inkOf(await raster(name));
  expect(ink.amount).toBeGreaterThan(SIZE * SIZE * 0.01);
  expect(ink.radius).toBeLessThan(SIZE * 0.45);
  expect(Math.abs((ink.left + ink.right) / 2 - SIZE / 2)).toBeLessThan(SIZE * 0.015);
  // Alphabets stand on a common line; accents and descenders do not move them.
  const tolerance = script === "Latin" || script === "Hebrew" || script === "Greek" ? 0.1 : 0.035;
  expect(Math.abs((ink.top + ink.bottom) / 2 - SIZE / 2)).toBeLessThan(SIZE * tolerance);
});

test("different letters give different pictures, and none is the silhouette", async () => {
  const pictures = new Set([sha256(await raster(""))]);
  const letters = new Set<string>();
  for (const [, name] of everyone) {
    letters.add(pickInitials(name).text);
    pictures.add(sha256(await raster(name)));
  }
  expect(pictures.size).toBe(letters.size + 1);
});

test.each(["👨‍👩‍👧‍👦", "🇬🇧", "---", "გიორგი", "\uD800"])(
  "%j has no letter in our fonts: a silhouette",
  async (name) => {
    expect(sha256(await raster(name))).toBe(sha256(await raster("")));
  },
);

test("letters that are plain ones in disguise are drawn as plain ones", async () => {
  expect(sha256(await raster("𝐀da Ｌovelace"))).toBe(sha256(await raster("Ada Lovelace")));
});

test("letters of two alphabets stand side by side", async () => {
  const one = await inkOf(await raster("A"));
  const two = await inkOf(await raster("Anna Иванова"));
  expect(two.right - two.left).toBeGreaterThan(one.right - one.left);
});

describe("shaping", () => {
  const advance = async (text: string) => (await outlinesOf(pickInitials(text), text))?.[0]?.advance ?? 0;

  test("a vowel sign is drawn before its consonant, or below it", async () => {
    const [ka, ki, ku] = [
      await outlinesOf(pickInitials("क"), ""),
      await outlinesOf(pickInitials("कि"), ""),
      await outlinesOf(pickInitials("कु"), ""),
    ];
    expect(ki?.[0]?.advance).toBeGreaterThan(ka?.[0]?.advance ?? Number.POSITIVE_INFINITY);
    expect(ku?.[0]?.advance).toBe(ka?.[0]?.advance);
    expect(ku?.[0]?.bottom).toBeGreaterThan((ka?.[0]?.bottom ?? 0) + 100);
  });

  test("letters are kerned", async () => {
    expect(await advance("Anna Voss")).toBeLessThan((await advance("Anna")) + (await advance("Voss")));
  });

  test("Hebrew runs from right to left", async () => {
    const row = await outlinesOf(pickInitials("יעל כהן"), "");
    expect(row).toHaveLength(1);
    // The pen starts at the left, where the second letter, kaf, stands.
    expect(row?.[0]?.path.startsWith((await outlinesOf(pickInitials("כ"), ""))?.[0]?.path ?? "?")).toBe(true);
  });

  test("kana in the name ask for Japanese forms of Han characters", async () => {
    expect(sha256(await raster("直子"))).not.toBe(sha256(await raster("直 ハナ")));
  });
});

test("the height that the text drawing assumes for an Arabic letter is where its ink is", async () => {
  for (const letter of "اأآإبپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهیيىئؤءةٹڈڑںےہھ") {
    const initials = pickInitials(letter);
    const [outline] = (await outlinesOf(initials, letter)) ?? [];
    const middle = -((outline?.top ?? Number.NaN) + (outline?.bottom ?? Number.NaN)) / 2000;
    expect(Math.abs(layoutOf(initials).rise - middle), letter).toBeLessThan(0.08);
  }
});

describe("in another process", () => {
  const door = JSON.stringify(new URL("./index.ts", import.meta.url).href);
  const sharpDoor = JSON.stringify(import.meta.resolve("sharp"));

  async function run(script: string, env: Record<string, string> = {}): Promise<unknown> {
    const args = ["--input-type=module", "--eval", script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    return JSON.parse(stdout);
  }

  test("a machine without any font draws the same bytes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "no-fonts-"));
    const configuration = join(folder, "fonts.conf");
    await writeFile(configuration, '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>');
    const names = Object.values(NAMES).map(([first = ""]) => first);
    const script = `
      import { createHash } from "node:crypto";
      import sharp from ${sharpDoor};
      import { renderInitialsRaster, renderInitialsSvg } from ${door};
      const hashes = [];
      for (const name of ${JSON.stringify(names)}) for (const format of ${JSON.stringify(FORMATS)}) {
        const bytes = await renderInitialsRaster({ name, username: "jane-doe", size: ${SIZE}, format });
        hashes.push(createHash("sha256").update(bytes).digest("hex"));
      }
      const ink = async (image) => {
        const data = await sharp(image).greyscale().raw().toBuffer();
        return data.filter((value) => value > 190).length;
      };
      const art = { name: "Jane Doe", username: "jane-doe", size: ${SIZE} };
      const text = await ink(Buffer.from(renderInitialsSvg(art)));
      const outlines = await ink(await renderInitialsRaster({ ...art, format: "png" }));
      console.log(JSON.stringify({ hashes, text, outlines }));`;
    const there = (await run(script, { FONTCONFIG_FILE: configuration })) as Record<"text" | "outlines", number> & {
      hashes: string[];
    };
    await rm(folder, { recursive: true });

    const here: string[] = [];
    for (const name of names) for (const format of FORMATS) here.push(sha256(await raster(name, format)));
    expect(there.hashes).toEqual(here);
    // The machine of the test really had no fonts: text came out next to empty there.
    expect(there.text).toBeLessThan(there.outlines / 4);
  });

  test("neither shaper nor decoder nor font is loaded before the first raster", async () => {
    const loaded = (await run(`
      import { registerHooks } from "node:module";
      const urls = [];
      registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context); } });
      const { renderInitialsSvg } = await import(${door});
      renderInitialsSvg({ name: "Jane Doe", username: "jane-doe", size: 64 });
      console.log(JSON.stringify(urls));`)) as string[];
    expect(loaded.some((url) => url.endsWith("/render-raster.ts"))).toBe(true);
    expect(loaded.filter((url) => /harfbuzz|woff2|fontsource/.test(url))).toEqual([]);
  });
});
