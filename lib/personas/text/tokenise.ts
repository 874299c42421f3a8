import { modernSpelling } from "./spelling.ts";
import { stem } from "./stem.ts";

/** Words that say nothing of what a text is about. */
const STOP_WORDS = new Set(
  `a about above after again against all am an and any are as at be because been before being below between both but by
  can could did do does doing don down during each few for from further had has have having he her here hers herself him
  himself his how i if in into is it its itself just me more most my myself no nor not of off on once only or other our
  ours ourselves out over own same she should so some such than that the their theirs them themselves then there these
  they this those through to too under until up upon very was we were what when where which while who whom why will with
  would you your yours yourself yourselves hath doth thee thou thy ll re ve didn doesn isn wasn shall may might must let
  us`.split(/\s+/),
);

/** A word as it stands (lower case, no accents, in today's spelling) and its stem. */
export type Token = { word: string; stem: string };

/** The words of a text: lower case, no accents, no possessive `'s`, in today's spelling; stop words are among them. */
export function words(text: string): string[] {
  const plain = ASCII.test(text) ? text : text.normalize("NFKD").replace(/\p{M}+/gu, "");
  const found = plain.toLowerCase().replace(POSSESSIVE, " ").match(WORD) ?? [];
  return found.some((word) => UNSPACED.test(word)) ? found.flatMap(pairs) : found.map(modernSpelling);
}

/** The words that carry meaning, in the order of the text. */
export function contentWords(text: string): string[] {
  return words(text).filter((word) => !STOP_WORDS.has(word));
}

/** The words that carry meaning, each with its stem. */
export function contentTokens(text: string): Token[] {
  return contentWords(text).map((word) => ({ word, stem: stem(word) }));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const ASCII = /^[\x00-\x7f]*$/;
const WORD = /[\p{L}\p{N}]+/gu;
const POSSESSIVE = /['’ʼ]s(?![\p{L}\p{N}])/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Scripts that put no space between words are matched by pairs of characters. */
function pairs(word: string): string[] {
  if (!UNSPACED.test(word)) return [word];
  const characters = [...word];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}
