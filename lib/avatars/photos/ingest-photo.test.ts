import { createHash } from "node:crypto";
import sharp from "sharp";
import { thumbHashToApproximateAspectRatio } from "thumbhash";
import { describe, expect, test } from "vitest";
import { isAppError } from "#lib/platform/errors";
import { hugePng } from "./bombs.fixture.ts";
import { cutOutPortrait, drawFace, PORTRAIT } from "./drawn-face.fixture.ts";
import { ingestPhoto } from "./ingest-photo.ts";
import { AVATAR_FORMATS, AVATAR_SIZES, renderVariant } from "./render-variant.ts";
import { photoWork } from "./work-gate.ts";

describe("ingestPhoto", () => {
  test("keeps the square around the face, named by its hash", async () => {
    const photo = await ingestPhoto(await drawFace(PORTRAIT).jpeg().toBuffer());
    expect(photo.crop).toBe("face");
    expect(photo.faces).toHaveLength(1);
    expect(photo.source).toEqual({ width: 400, height: 500 });
    expect(photo.sha256).toBe(createHash("sha256").update(photo.bytes).digest("hex"));
    expect(Math.abs(photo.area.left + photo.area.side / 2 - PORTRAIT.x) / photo.area.side).toBeLessThan(0.06);
    expect(Math.abs(photo.area.top + photo.area.side / 2 - PORTRAIT.y) / photo.area.side).toBeLessThan(0.06);
    const { width, height, format, space } = await sharp(photo.bytes).metadata();
    expect({ width, height, format, space }).toEqual({
      width: photo.side,
      height: photo.side,
      format: "jpeg",
      space: "srgb",
    });
  });

  test("never enlarges the crop, and keeps at most 512 pixels", async () => {
    const small = await ingestPhoto(
      await drawFace({ width: 120, height: 150, x: 60, y: 70, faceHeight: 50 }).png().toBuffer(),
    );
    expect(small.side).toBe(small.area.side);
    expect(small.side).toBeLessThanOrEqual(120);
    const large = await ingestPhoto(
      await drawFace({ width: 1600, height: 1600, x: 800, y: 700, faceHeight: 600 }).jpeg().toBuffer(),
    );
    expect(large.area.side).toBeGreaterThan(1000);
    expect(large.side).toBe(512);
  });

  test("crops around what draws the eye where there is no face", async () => {
    const disc = Buffer.from('<svg width="800" height="400"><circle cx="700" cy="200" r="90" fill="#e02020"/></svg>');
    const picture = sharp({ create: { width: 800, height: 400, channels: 3, background: "#dddddd" } });
    const photo = await ingestPhoto(
      await picture
        .composite([{ input: disc }])
        .png()
        .toBuffer(),
    );
    expect(photo).toMatchObject({ crop: "attention", faces: [], side: 400 });
    expect(photo.area).toMatchObject({ top: 0, side: 400 });
    expect(photo.area.left).toBeGreaterThan(300);
    expect(photo.dominantColour).toMatch(/^#[0-9a-f]{6}$/);
  });

  test("crops the photo upright where EXIF says it was turned", async () => {
    const stored = await drawFace(PORTRAIT).rotate(-90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const photo = await ingestPhoto(stored);
    expect(photo.source).toEqual({ width: 400, height: 500 });
    expect(Math.abs(photo.area.top + photo.area.side / 2 - PORTRAIT.y) / photo.area.side).toBeLessThan(0.06);
  });

  test("keeps nothing of the file's metadata", async () => {
    const bytes = await drawFace(PORTRAIT)
      .withExif({ IFD0: { Artist: "SECRET-ARTIST" }, IFD3: { GPSLatitudeRef: "N" } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET-XMP</x:xmpmeta>')
      .withIccProfile("p3")
      .keepMetadata()
      .jpeg()
      .toBuffer();
    expect(bytes.includes("SECRET-ARTIST") && bytes.includes("SECRET-XMP")).toBe(true);
    const photo = await ingestPhoto(bytes);
    const { exif, icc, xmp, iptc, orientation, comments } = await sharp(photo.bytes).metadata();
    expect({ exif, icc, xmp, iptc, orientation, comments }).toEqual({});
    expect(Buffer.from(photo.bytes).includes("SECRET")).toBe(false);
  });

  test("H-IMG-78: what came after the picture is gone", async () => {
    const polyglot = Buffer.concat([
      await drawFace(PORTRAIT).jpeg().toBuffer(),
      Buffer.from("<script>alert(1)</script>"),
    ]);
    expect(Buffer.from((await ingestPhoto(polyglot)).bytes).includes("script")).toBe(false);
  });

  test("keeps transparency, as WebP", async () => {
    const photo = await ingestPhoto(await cutOutPortrait());
    expect(photo.crop).toBe("face");
    const { format, hasAlpha } = await sharp(photo.bytes).metadata();
    expect({ format, hasAlpha }).toEqual({ format: "webp", hasAlpha: true });
    const { data } = await sharp(photo.bytes).raw().toBuffer({ resolveWithObject: true });
    expect(data[3]).toBe(0);
  });

  test("gives placeholders that fit the picture", async () => {
    const photo = await ingestPhoto(
      await drawFace({ ...PORTRAIT, background: "#2050c0" })
        .png()
        .toBuffer(),
    );
    expect(photo.thumbhash.length).toBeGreaterThan(15);
    expect(photo.thumbhash.length).toBeLessThan(32);
    expect(thumbHashToApproximateAspectRatio(photo.thumbhash)).toBe(1);
    const channels = [1, 3, 5].map((at) => Number.parseInt(photo.dominantColour.slice(at, at + 2), 16));
    for (const [at, expected] of [0x20, 0x50, 0xc0].entries()) expect(channels[at]).toBeCloseTo(expected, -1.2);
  });

  test("gives the same bytes for the same photo", async () => {
    const bytes = await drawFace(PORTRAIT).jpeg().toBuffer();
    const [first, second] = await Promise.all([ingestPhoto(bytes), ingestPhoto(bytes)]);
    expect(first.sha256).toBe(second.sha256);
  });

  test("H-IMG-77: a hundred bombs at once are refused in little memory, and nothing stays busy", async () => {
    const bomb = hugePng(12_000, { interlaced: true });
    const before = process.memoryUsage().rss;
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => ingestPhoto(bomb)));
    expect(results.every((result) => result.status === "rejected" && isAppError(result.reason))).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
    expect(photoWork.load).toEqual({ running: 0, waiting: 0 });
  });
});

describe("renderVariant", () => {
  test("is exactly as large as asked, in every size and format, whatever the photo's size", async () => {
    const small = await ingestPhoto(
      await drawFace({ width: 90, height: 90, x: 45, y: 45, faceHeight: 40 }).png().toBuffer(),
    );
    const large = await ingestPhoto(await drawFace(PORTRAIT).png().toBuffer());
    for (const master of [small, large])
      for (const size of AVATAR_SIZES)
        for (const format of AVATAR_FORMATS) {
          const bytes = await renderVariant(master.bytes, size, format);
          const found = await sharp(bytes).metadata();
          expect([found.width, found.height]).toEqual([size, size]);
          expect(found.format).toBe(format === "avif" ? "heif" : format);
        }
  });

  test("is transparent where the photo is, but white in JPEG", async () => {
    const master = await ingestPhoto(await cutOutPortrait());
    for (const format of AVATAR_FORMATS) {
      const variant = sharp(await renderVariant(master.bytes, 64, format));
      const { data, info } = await variant.raw().toBuffer({ resolveWithObject: true });
      if (format === "jpeg") expect(info.channels === 3 && (data[0] ?? 0) > 245).toBe(true);
      else expect(info.channels === 4 && data[3] === 0).toBe(true);
    }
  });

  test("looks like the photo", async () => {
    const master = await ingestPhoto(await drawFace(PORTRAIT).png().toBuffer());
    const read = (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).resize(64, 64).removeAlpha().raw().toBuffer();
    const wanted = await read(master.bytes);
    for (const format of AVATAR_FORMATS) {
      const got = await read(await renderVariant(master.bytes, 64, format));
      const difference = got.reduce((sum, value, at) => sum + Math.abs(value - (wanted[at] ?? 0)), 0) / got.length;
      expect(difference).toBeLessThan(4);
    }
  });

  test("H-IMG-92: says so when the stored photo is broken", async () => {
    const master = await ingestPhoto(await drawFace(PORTRAIT).png().toBuffer());
    await expect(renderVariant(master.bytes.subarray(0, 200), 64, "webp")).rejects.toThrow();
  });
});
