import sharp, { type Sharp } from "sharp";
import { silhouetteTile } from "./figures.ts";
import { type Initials, pickInitials } from "./initials-of.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { outlinesOf, type Row } from "./outlines-of.ts";
import { paletteColour } from "./palette.ts";
import type { InitialsArt } from "./render-svg.ts";
import { background, svgTile } from "./tile.ts";

export type RasterFormat = "png" | "webp" | "avif" | "jpeg";

const EM = 1000;
/** Ink may reach this far from the middle of the tile: most interfaces crop to a circle of radius 50. */
const MAX_RADIUS = 42;

/** Groups whose letters hang from the line or reach below it by turns: these are centred by their ink, not by it. */
const CENTRED_BY_INK = new Set<Initials["group"]>(["arabic", "indic", "southeast"]);

function drawRow(row: Row, group: Initials["group"], { fontSize, rise }: Layout): string {
  let pen = 0;
  const placed = row.map((outline) => {
    const start = pen;
    pen += outline.advance;
    return { ...outline, start };
  });
  const left = Math.min(...placed.map((part) => part.start + part.left));
  const right = Math.max(...placed.map((part) => part.start + part.right));
  const top = Math.min(...placed.map((part) => part.top));
  const bottom = Math.max(...placed.map((part) => part.bottom));

  const ink = (top + bottom) / 2;
  const middle = CENTRED_BY_INK.has(group) ? ink : -rise * EM;
  const radius = Math.hypot((right - left) / 2, Math.max(bottom - middle, middle - top));
  const scale = Math.min(fontSize / EM, MAX_RADIUS / radius);
  const x = 50 - (scale * (left + right)) / 2;
  const y = 50 - scale * middle;
  const paths = placed.map(({ path, start }) =>
    start === 0 ? `<path d="${path}"/>` : `<path transform="translate(${start})" d="${path}"/>`,
  );
  return `<g fill="#fff" transform="translate(${x.toFixed(3)} ${y.toFixed(3)}) scale(${scale.toFixed(6)})">${paths.join("")}</g>`;
}

async function outlineSvg({ name, username, size }: InitialsArt): Promise<string> {
  const initials = pickInitials(name);
  const row = initials.text === "" ? null : await outlinesOf(initials, name);
  if (row === null) return silhouetteTile(size, username, "");
  const drawing = drawRow(row, initials.group, layoutOf(initials));
  return svgTile(size, "", background(paletteColour(username)) + drawing);
}

/**
 * The drawing of {@link renderInitialsSvg} as image bytes, with fonts that come along as packages: it does not
 * depend on the fonts of the machine. A letter in none of them (emoji among others) gives the silhouette. `size` in
 * pixels, square; without metadata, and so without the name.
 * @throws RangeError if `size` is not a whole number from 8 to 2048; a file system error if the font packages are
 * not installed.
 */
export async function renderInitialsRaster(art: InitialsArt & { readonly format: RasterFormat }): Promise<Uint8Array> {
  return encode(sharp(Buffer.from(await outlineSvg(art))).removeAlpha(), art.format);
}

/** A tile without letters (a silhouette, a blank) as image bytes; what is transparent becomes white in a JPEG. */
export function renderFigureRaster(svg: string, format: RasterFormat): Promise<Uint8Array> {
  const image = sharp(Buffer.from(svg));
  return encode(format === "jpeg" ? image.flatten({ background: "#fff" }) : image, format);
}

function encode(image: Sharp, format: RasterFormat): Promise<Uint8Array> {
  switch (format) {
    case "png":
      return image.png().toBuffer();
    case "webp":
      return image.webp({ lossless: true }).toBuffer();
    case "avif":
      return image.avif({ quality: 60, effort: 2, chromaSubsampling: "4:4:4" }).toBuffer();
    case "jpeg":
      return image.jpeg({ quality: 88, chromaSubsampling: "4:4:4" }).toBuffer();
  }
}
