import { LRUCache } from "lru-cache";
import { fontFilesFor } from "./font-files.ts";
import type { Initials } from "./initials-of.ts";
import { remembered } from "./remembered.ts";
import { scriptGroupOf } from "./script-group.ts";
import { type Outline, shapeText } from "./shape-text.ts";

/** What is drawn one beside the other: one outline, or two if the letters come from two fonts. */
export type Row = readonly Outline[];

/** One or two letters are 0.3 to 3 kB: about 2 MB when full. */
const rows = new LRUCache<string, Promise<Row | null>>({ max: 1000 });
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

async function inOneFont(text: string, japanese: boolean): Promise<Outline | null> {
  for (const file of await fontFilesFor(text, scriptGroupOf(text), japanese)) {
    const outline = await shapeText(file, text);
    if (outline !== null) return outline;
  }
  // Letters that are plain ones in disguise (mathematical, full-width) are drawn as the plain ones.
  const plain = text.normalize("NFKC");
  return plain !== text && plain.length <= text.length ? inOneFont(plain, japanese) : null;
}

async function findRow(text: string, japanese: boolean): Promise<Row | null> {
  const whole = await inOneFont(text, japanese);
  if (whole !== null) return [whole];
  const letters = Array.from(graphemes.segment(text), ({ segment }) => segment);
  if (letters.length < 2) return null;
  const outlines = await Promise.all(letters.map((letter) => inOneFont(letter, japanese)));
  return outlines.every((outline) => outline !== null) ? outlines : null;
}

/**
 * The outlines of initials, from left to right; null if a letter is in none of the fonts that come along, as with
 * emoji. `name` is the whole name: kana in it tell Japanese from Chinese.
 * @throws if the fonts are not installed.
 */
export async function outlinesOf({ text, group }: Initials, name: string): Promise<Row | null> {
  if (group === "emoji") return null;
  const japanese = group === "ideograph" && KANA.test(name);
  return remembered(rows, `${japanese ? "ja" : ""}:${text}`, () => findRow(text, japanese));
}
