import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { renderBlankSvg, renderErrorSvg, renderSilhouetteSvg } from "./figures.ts";
import { paletteColour } from "./palette.ts";

async function pixels(svg: string) {
  const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, ...info };
}

test("a silhouette is white on the colour of the username", async () => {
  const svg = renderSilhouetteSvg({ username: "jane-doe", size: 32 });
  expect(svg).toContain(`fill="${paletteColour("jane-doe")}"`);
  const { data, width, height } = await pixels(svg);
  expect([width, height]).toEqual([32, 32]);
  const middle = (12 * 32 + 16) * 4;
  expect([...data.subarray(middle, middle + 4)]).toEqual([255, 255, 255, 255]);
});

test("a blank is transparent throughout", async () => {
  const { data } = await pixels(renderBlankSvg({ size: 16 }));
  expect(data.every((value) => value === 0)).toBe(true);
});

describe("the tile of a failed request", () => {
  test("shows its short label", () => {
    const svg = renderErrorSvg({ size: 64, label: "402" });
    expect(svg).toContain(">402</text>");
    expect(svg).toContain("<title>Picture unavailable: 402</title>");
  });

  test.each(["", "quota exceeded", "a".repeat(9), "<b>", "40\u202E2", "é"])("does not show %j", (label) => {
    const svg = renderErrorSvg({ size: 64, label });
    expect(svg).not.toContain("<text");
    expect(svg).toContain("<title>Picture unavailable</title>");
  });
});

test.each([renderBlankSvg, renderSilhouetteSvg, renderErrorSvg])(
  "%o refuses a size that is no whole number of pixels",
  (render) => {
    expect(() => render({ username: "jane", label: "402", size: 1.5 })).toThrow(RangeError);
  },
);
