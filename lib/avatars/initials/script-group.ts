/**
 * Scripts that make initials alike: how many letters, what counts as one, how large and how high they are drawn.
 * `alphabet` is also what an unlisted script is treated as.
 */
export type ScriptGroup = "alphabet" | "hebrew" | "indic" | "ideograph" | "arabic" | "southeast" | "emoji";

const LATIN_END = 0x0530;
const HEBREW = /^\p{Script=Hebrew}/u;
const ARABIC = /^[\p{Script=Arabic}\p{Script=Syriac}]/u;
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u;
const SOUTHEAST = /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const INDIC =
  /^[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}]/u;

/** The group of the first code point of `text`. `emoji` is never found here: it is what is left when no letter is. */
export function scriptGroupOf(text: string): Exclude<ScriptGroup, "emoji"> {
  // Latin, Greek and Cyrillic lie below: most names never reach the property tables.
  if ((text.codePointAt(0) ?? 0) < LATIN_END) return "alphabet";
  if (IDEOGRAPH.test(text)) return "ideograph";
  if (ARABIC.test(text)) return "arabic";
  if (HEBREW.test(text)) return "hebrew";
  if (INDIC.test(text)) return "indic";
  if (SOUTHEAST.test(text)) return "southeast";
  return "alphabet";
}

/** Groups in which one letter is the whole monogram: a second would be read as a word, or would join the first. */
export function isSingleLetter(group: ScriptGroup): boolean {
  return group === "ideograph" || group === "arabic" || group === "southeast";
}
