import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PALETTE_V1, paletteColour } from "./palette.ts";

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[0-9a-f]{2}/g) ?? []).map((pair) => {
    const channel = Number.parseInt(pair, 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test("the colour is the first four bytes of the username's SHA-256, mod 16", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (username) => {
      const digest = createHash("sha256").update(username, "utf8").digest();
      expect(paletteColour(username)).toBe(PALETTE_V1[digest.readUInt32BE(0) % 16]);
    }),
  );
});

test("palette v1 never changes: these people keep their colours", () => {
  expect(["janedoe", "jane-doe", "williamhgates", "张伟", ""].map(paletteColour)).toMatchInlineSnapshot(`
    [
      "#6d28d9",
      "#b42318",
      "#b54708",
      "#86198f",
      "#92400e",
    ]
  `);
  expect(createHash("sha256").update(PALETTE_V1.join()).digest("hex").slice(0, 16)).toMatchInlineSnapshot(
    `"8431bb4b15486695"`,
  );
});

test.each(PALETTE_V1)("white on %s has a contrast of 4.99:1 or better", (colour) => {
  expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.985);
});

test("every colour is in use", () => {
  const used = new Set(Array.from({ length: 400 }, (_, index) => paletteColour(`person-${index}`)));
  expect(used.size).toBe(16);
});
