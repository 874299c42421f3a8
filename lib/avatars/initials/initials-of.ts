import { isParticle, withoutGluedParticle } from "./affixes.ts";
import { cleanName, nameWords } from "./name-words.ts";
import { isSingleLetter, type ScriptGroup, scriptGroupOf } from "./script-group.ts";

/** What a tile shows: 0 to 2 graphemes, and the group of the first of them, which decides how they are drawn. */
export type Initials = { readonly text: string; readonly group: ScriptGroup };

const NONE: Initials = { text: "", group: "alphabet" };
const MAX_DIGITS = 4;
/** UTF-16 units of a word that are looked at for its first letter. */
const MAX_HEAD = 64;
/** UTF-16 units: a family of four with skin tones has 19. */
const MAX_EMOJI = 32;
const MAX_MARKS = { alphabet: 2, ideograph: 2, indic: 7 };

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
// Modifier letters (the ʻ of ʻIolani) are not what a name is filed under.
const FIRST_LETTER = /[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{N}]/u;
// Thai and Lao write these vowels before the consonant that they are spoken after.
const LEADING_VOWELS = /^[\u0E40-\u0E44\u0EC0-\u0EC4]+(?=\p{L})/u;
const GEORGIAN = /^\p{Script=Georgian}/u;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3/u;
const JOINERS = /\p{Join_Control}|[\uFE00-\uFE0F\u{E0020}-\u{E007F}]/gu;
const HYPHEN = /[-‐‑]/u;

function firstGrapheme(text: string): string {
  return graphemes.segment(text).containing(0)?.segment ?? "";
}

/** A base and its first marks: what is stacked higher than that is vandalism, not spelling. */
function bounded(grapheme: string, maxMarks: number): string {
  return [...grapheme.replace(JOINERS, "")].slice(0, 1 + maxMarks).join("");
}

function upperCase(grapheme: string): string {
  // Georgian capitals (Mtavruli) are for all-capital text, and most fonts lack them.
  return GEORGIAN.test(grapheme) ? grapheme : firstGrapheme(grapheme.toUpperCase());
}

/** The letter a word is filed under, or undefined if it has none. */
function letterOf(word: string): Initials | undefined {
  const start = word.search(FIRST_LETTER);
  if (start < 0) return undefined;
  const head = word.slice(start, start + MAX_HEAD);
  const group = scriptGroupOf(head);
  if (group === "alphabet") {
    const code = head.charCodeAt(0);
    const next = head.length > 1 ? head.charCodeAt(1) : 0x20;
    // Two ASCII characters in a row: the first is a grapheme by itself.
    if (code < 0x80 && next < 0x80) return { text: head.charAt(0).toUpperCase(), group };
    return { text: bounded(upperCase(firstGrapheme(head)), MAX_MARKS.alphabet), group };
  }
  if (group === "indic" || group === "ideograph")
    return { text: bounded(firstGrapheme(head), MAX_MARKS[group]), group };
  // A letter here is the consonant alone: vowel points and tone marks belong to the word.
  const letter = head.replace(LEADING_VOWELS, "").codePointAt(0);
  return letter === undefined ? undefined : { text: String.fromCodePoint(letter), group };
}

function emojiOf(cleaned: string): Initials {
  for (const { segment } of graphemes.segment(cleaned)) {
    if (EMOJI.test(segment) && segment.length <= MAX_EMOJI) return { text: segment, group: "emoji" };
  }
  return NONE;
}

/** A name without letters: a short number's first digit, else an emoji, else nothing. A telephone number is no name. */
function letterless(cleaned: string): Initials {
  const digits = cleaned.match(/\p{Nd}/gu) ?? [];
  const first = digits[0];
  if (first !== undefined && digits.length <= MAX_DIGITS && !cleaned.includes("\u20E3")) {
    return { text: first, group: "alphabet" };
  }
  return emojiOf(cleaned);
}

/** The given name: the first word, past "de la" where the name's own capitals show that those are particles. */
function firstNameIndex(words: readonly string[]): number {
  const cased = words.some((word) => /^\p{Lu}/u.test(word));
  const index = cased ? words.findIndex((word) => !isParticle(word)) : 0;
  return Math.max(index, 0);
}

/** {@link initialsOf} with the group of scripts, for those who draw. */
export function pickInitials(name: string): Initials {
  const cleaned = cleanName(name);
  const words = nameWords(cleaned);
  const from = firstNameIndex(words);
  const firstWord = withoutGluedParticle(words[from] ?? "");
  const first = letterOf(firstWord);
  if (first === undefined) return letterless(cleaned);
  if (isSingleLetter(first.group)) return first;

  // "Wei Zhang 张伟" gives WZ: what does not pair is a second spelling of the name.
  for (let index = words.length - 1; index > from; index--) {
    const last = letterOf(withoutGluedParticle(words[index] ?? ""));
    if (last !== undefined && !isSingleLetter(last.group)) return { text: first.text + last.text, group: first.group };
  }
  const second = firstWord
    .split(HYPHEN)
    .slice(1)
    .map(letterOf)
    .find((letter) => letter !== undefined);
  return second?.group === first.group ? { text: first.text + second.text, group: first.group } : first;
}

/**
 * The initials of a name: at most 2 graphemes and 40 UTF-16 units, well-formed, without control or direction
 * characters; `""` if there is nothing to show. Takes any string and never throws. Rules: reference, section E.
 */
export function initialsOf(name: string): string {
  return pickInitials(name).text;
}
