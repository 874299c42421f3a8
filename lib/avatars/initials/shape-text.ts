import { readFile } from "node:fs/promises";
import type { Font } from "harfbuzzjs";
import { LRUCache } from "lru-cache";
import { remembered } from "./remembered.ts";

/** Letters as a filled shape. Thousandths of an em, from the pen's start on the baseline; y grows downwards. */
export type Outline = {
  /** SVG path data in whole numbers. */
  readonly path: string;
  readonly advance: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

const EM = 1000;
/** The SVG drawing's font-weight. */
const WEIGHT = 600;
/** A decoded font takes 30 to 400 kB. */
const fonts = new LRUCache<string, Promise<Font>>({ max: 12 });

// Imported on first use: whoever asks for SVG only never pays for the shaper and the decoder.
const loadShaper = () => import("harfbuzzjs");
const loadDecoder = () => import("woff2-encoder/decompress");

async function loadFont(file: string): Promise<Font> {
  const [shaper, decoder, packed] = await Promise.all([loadShaper(), loadDecoder(), readFile(file)]);
  const font = new shaper.Font(new shaper.Face(new shaper.Blob(await decoder.default(packed))));
  font.setScale(EM, EM);
  font.setVariations([new shaper.Variation("wght", WEIGHT)]);
  return font;
}

/**
 * The outline of `text` set in one WOFF2 font, shaped as its script wants it (isolated Arabic forms, Indic vowel
 * signs, kerning); null if the font lacks a glyph of it.
 * @throws if the file cannot be read or is no font.
 */
export async function shapeText(file: string, text: string): Promise<Outline | null> {
  const [shaper, font] = await Promise.all([loadShaper(), remembered(fonts, file, () => loadFont(file))]);
  const buffer = new shaper.Buffer();
  buffer.addText(text);
  buffer.guessSegmentProperties();
  shaper.shape(font, buffer);

  const positions = buffer.getGlyphPositions();
  let path = "";
  let pen = 0;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [index, { codepoint: glyph }] of buffer.getGlyphInfos().entries()) {
    const position = positions[index];
    if (glyph === 0 || position === undefined) return null;
    const x = pen + position.xOffset;
    const y = position.yOffset;
    pen += position.xAdvance;
    const ink = font.glyphExtents(glyph);
    if (ink === undefined || ink.width === 0) continue;
    left = Math.min(left, x + ink.xBearing);
    right = Math.max(right, x + ink.xBearing + ink.width);
    // Fonts count upwards: an extent's height is negative.
    top = Math.min(top, -(y + ink.yBearing));
    bottom = Math.max(bottom, -(y + ink.yBearing + ink.height));
    for (const { type, values } of font.glyphToJson(glyph)) {
      path += type + values.map((value, axis) => Math.round(axis % 2 === 0 ? x + value : -(y + value))).join(" ");
    }
  }
  return path === "" ? null : { path, advance: pen, left, right, top, bottom };
}
