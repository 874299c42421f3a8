import type { IdentityProblem } from "../identity/username.ts";

/** A person found in a file. Texts are clean (see cleanText) and never empty; what the file does not say is left out. */
export type ImportedRow = {
  /** Where in the file: `row 17`, `card 3 (line 41)`, `team/janedoe.jpg`. */
  where: string;
  /** Canonical LinkedIn username, or a member URN. */
  username: string;
  firstName?: string;
  lastName?: string;
  headline?: string;
  company?: string;
  position?: string;
  location?: string;
  email?: string;
  /** At most MAX_PHOTO_BYTES that begin like a picture; or the https address of one, not fetched. */
  photo?: Uint8Array | { url: string };
  /** A day, `2024-03-12`. */
  connectedOn?: string;
};

/** Something that was not taken. `problem` continues a sentence, such as "is not on linkedin.com". */
export type RefusedRow = {
  where: string;
  /** What stands there, at most 80 characters; safe to print. */
  value: string;
  problem: string;
};

export type ImportItem =
  /** `again` says where the file named the same person before. */
  | { readonly ok: true; readonly row: ImportedRow; readonly again?: string }
  | { readonly ok: false; readonly refused: RefusedRow };

/** A file whose structure was checked as a whole; its items are read one by one, each held by nobody but the caller. */
export type ImportSource = {
  /** How many items are expected, for a progress bar; some may be passed over in silence. */
  readonly total: number;
  /** Iterate once. Errors thrown here mean that the file changed or the disk failed meanwhile. */
  readonly items: AsyncIterable<ImportItem>;
};

const MAX_VALUE_LENGTH = 80;

/** Generous for a headline (LinkedIn: 220 characters), and short enough to be shown anywhere. */
const MAX_TEXT_LENGTH = 300;

const SPACE_OR_CONTROL = /[\s\p{Cc}\p{Cs}\u2028\u2029]+/gu;
const CLEAN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

export function refuse(where: string, value: string, problem: string): { ok: false; refused: RefusedRow } {
  return { ok: false, refused: { where, value: cleanText(value, MAX_VALUE_LENGTH) ?? "", problem } };
}

/**
 * One line of printable text, or undefined if nothing remains: NFC, runs of white space as one space, no control
 * characters (terminals obey them, PostgreSQL refuses NUL), at most `maxLength` UTF-16 units, surrogates whole.
 */
export function cleanText(text: string, maxLength = MAX_TEXT_LENGTH): string | undefined {
  if (text === "") return undefined;
  if (text.length <= maxLength && CLEAN.test(text)) return text;
  // Cut before the work, or a cell of a megabyte takes its time; decomposed text is at most a few times longer.
  const clean = text
    .slice(0, maxLength * 4)
    .replace(SPACE_OR_CONTROL, " ")
    .trim()
    .normalize("NFC");
  if (clean === "") return undefined;
  if (clean.length <= maxLength) return clean;
  const cut = clean.slice(0, maxLength - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A name in one piece, as first and last: the last word is the last name, for want of anything better. */
export function splitName(name: string): { firstName?: string; lastName?: string } {
  const space = name.lastIndexOf(" ");
  if (space < 0) return name === "" ? {} : { firstName: name };
  return { firstName: name.slice(0, space), lastName: name.slice(space + 1) };
}

/** Why a text names no LinkedIn profile, to follow it in a sentence. */
export const IDENTITY_PROBLEMS: Readonly<Record<IdentityProblem, string>> = {
  invalid_url: "is not a web address",
  unsupported_host: "is not on linkedin.com",
  unsupported_path: "does not lead to a person's profile",
  private_profile_url: "is a Sales Navigator or Recruiter address; only the public profile's address names a person",
  invalid_username: "is not a LinkedIn username",
};
