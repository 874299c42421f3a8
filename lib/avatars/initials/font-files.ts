import { readFile } from "node:fs/promises";
import { packageFile } from "#lib/platform/package-files";
import type { ScriptGroup } from "./script-group.ts";

type LetterGroup = Exclude<ScriptGroup, "emoji">;

/** Where fonts are found: packages that hold one variable WOFF2 file for each of many small ranges of Unicode. */
const FAMILY = "@fontsource-variable/";

/** The families asked for a script, in order. A further script is one more package and its place here. */
const FAMILIES: Record<LetterGroup, readonly string[]> = {
  alphabet: ["noto-sans"],
  hebrew: ["noto-sans-hebrew"],
  arabic: ["noto-sans-arabic"],
  indic: ["noto-sans-devanagari"],
  southeast: ["noto-sans-thai"],
  ideograph: ["noto-sans-sc", "noto-sans-jp", "noto-sans-kr"],
};
const HANGUL = /^\p{Script=Hangul}/u;

type Range = { readonly from: number; readonly to: number; readonly subset: string };

const ranges = new Map<string, Promise<readonly Range[]>>();

/** `"U+0301,U+0400-045F"` as numbers. */
function parseRanges(subset: string, list: string): Range[] {
  return list.split(",").map((part) => {
    const [from = "", to = from] = part.trim().replace(/^U\+/i, "").split("-");
    return { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16), subset };
  });
}

async function readRanges(family: string): Promise<readonly Range[]> {
  const json = await readFile(packageFile(`${FAMILY}${family}/unicode.json`), "utf8");
  const subsets: Record<string, string> = JSON.parse(json);
  return Object.entries(subsets).flatMap(([subset, list]) => parseRanges(subset, list));
}

function rangesOf(family: string): Promise<readonly Range[]> {
  const known = ranges.get(family);
  if (known !== undefined) return known;
  const read = readRanges(family);
  ranges.set(family, read);
  // A failed read is not kept: the next caller tries again.
  read.catch(() => ranges.delete(family));
  return read;
}

function familiesFor(text: string, group: LetterGroup, japanese: boolean): readonly string[] {
  if (group !== "ideograph") return FAMILIES[group];
  if (HANGUL.test(text)) return ["noto-sans-kr"];
  return japanese ? ["noto-sans-jp", "noto-sans-sc", "noto-sans-kr"] : FAMILIES.ideograph;
}

/**
 * Absolute paths of the WOFF2 files that claim the first character of `text`, best first; they may lack the glyph all
 * the same. `japanese` prefers Japanese forms of Han characters.
 * @throws if the font packages are not installed.
 */
export async function fontFilesFor(text: string, group: LetterGroup, japanese: boolean): Promise<string[]> {
  const codePoint = text.codePointAt(0) ?? 0;
  const files: string[] = [];
  for (const family of familiesFor(text, group, japanese)) {
    for (const { from, to, subset } of await rangesOf(family)) {
      if (codePoint < from || codePoint > to) continue;
      // Numbered subsets are written "[116]" in the map and "116" in the file's name.
      const file = `${family}-${subset.replace(/[[\]]/g, "")}-wght-normal.woff2`;
      files.push(packageFile(`${FAMILY}${family}/files/${file}`));
    }
  }
  return files;
}
