import { withoutAffixes } from "./affixes.ts";

/** More than any name; what lies beyond is not looked at, so that a hostile name costs no more than a long one. */
const MAX_UNITS = 512;

const PLAIN = /^[A-Za-z ]*$/;
const SPACES = /[\p{Cc}\p{Z}_]+/gu;
// Joiners and tags stay for now: emoji sequences are made with them.
const INVISIBLE = /[\p{Cf}--\p{Join_Control}--[\u{E0020}-\u{E007F}]]/gv;
const ENCLOSED = /\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}|<[^<>]*>|（[^（）]*）|［[^［］]*］|【[^【】]*】|〔[^〔〕]*〕/gu;
const BRACKETS = /[()[\]{}<>（）［］【】〔〕「」『』《》〈〉«»‹›“”„"`]/gu;
// A quoted nickname stands behind a word; a name quoted as a whole, or at its head, is a name.
const NICKNAME = /(?<=\S)(?: "[^"]*"| “[^”]*”| „[^“”]*[“”]| «[^»]*»| `[^`]*`| ['‘][^'’]+['’])(?= |$)/gu;
const UNCLOSED = /(?<=\p{L}.*)[([{<（［【].*$/u;
const AFTERTHOUGHT = /[,，、،;|｜]| [-‐‑‒–—―•·~@/:]+ /u;
const MAIL_HOST = /(?<=[^\s@])@\S*/gu;
// Between Hebrew letters a quotation mark is a gershayim: part of an abbreviation.
const GERSHAYIM = /(?<=\p{Script=Hebrew})"(?=\p{Script=Hebrew})/gu;
const GLUED_TITLE = /(?<![^ ])(dr|prof|mr|mrs|ms)\.(?=\p{L})/giu;
const DOTTED_INITIALS = /^\p{L}\.(?:\p{L}\.)*\p{L}*$/u;
const LETTER = /\p{L}/u;

/** Well-formed, composed, one line, no direction marks, at most 512 UTF-16 units. */
export function cleanName(name: string): string {
  const text = name.trimStart().slice(0, MAX_UNITS);
  if (PLAIN.test(text)) return text.trim();
  return text.toWellFormed().normalize("NFC").replace(SPACES, " ").replace(INVISIBLE, "").trim();
}

/** Drops asides and what follows a comma or a bar; if that leaves no letter, only the marks themselves. */
function coreOf(name: string): string {
  let text = name.replace(GERSHAYIM, "״").replace(NICKNAME, " ");
  for (let depth = 0; depth < 4; depth++) text = text.replace(ENCLOSED, " ");
  text = text.replace(UNCLOSED, "").replace(BRACKETS, " ").replace(MAIL_HOST, "").replace(GLUED_TITLE, "$1. ");
  const part = `${text} `.split(AFTERTHOUGHT).find((candidate) => LETTER.test(candidate));
  return part ?? name.replace(BRACKETS, " ");
}

/**
 * The words of an already cleaned name that its initials are taken from: no titles, degrees, nicknames, asides,
 * no words without a letter, "J.R.R." as three. Empty if the name has no letter.
 */
export function nameWords(cleaned: string): string[] {
  const core = PLAIN.test(cleaned) ? cleaned : coreOf(cleaned);
  const words = core.split(" ").filter((word) => LETTER.test(word));
  return withoutAffixes(words).flatMap((word) =>
    DOTTED_INITIALS.test(word) ? word.split(".").filter((part) => part !== "") : word,
  );
}
