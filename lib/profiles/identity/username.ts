/** The person meant, or the code of lib/platform/errors.ts that says why nobody is. */
export type Identity =
  | { readonly ok: true; readonly username: string; readonly kind: "username" | "member_urn" }
  | { readonly ok: false; readonly code: IdentityProblem };

export type KnownIdentity = Extract<Identity, { ok: true }>;

export type IdentityProblem =
  | "invalid_url"
  | "unsupported_host"
  | "unsupported_path"
  | "private_profile_url"
  | "invalid_username";

/** LinkedIn gives vanity names 3 to 100 characters; counted here in code points, after normalisation. */
const MIN_CODE_POINTS = 3;
const MAX_CODE_POINTS = 100;

/** 100 code points of 4 bytes, each byte percent-encoded twice ("%25F0"), and room to trim: longer is no username. */
const MAX_TEXT_LENGTH = 2_500;

/** Nearly every username: nothing to decode, to fold or to normalise. */
const PLAIN = /^[a-z0-9][a-z0-9-]{2,99}$/;

/** LinkedIn's own words in the place of a username: the viewer, a deleted member, the editor. */
const RESERVED = new Set(["me", "unavailable", "edit"]);

/** Opaque member ids, as in links from e-mails and from providers; the only identities in which case matters. */
const MEMBER_URN = /^AC[ow]AA[A-Za-z0-9_-]{30,40}$/;

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/v;

/**
 * Letters, marks, digits, `-`, `_`, `.`, apostrophes and emoji. What cannot be seen stands only where it belongs
 * to something visible: else two names would look alike and be two people, and one could slip past the
 * suppression list. Each code point fits one alternative at most, so the test takes linear time.
 */
const CHARACTERS = new RegExp(
  `^(?:${[
    String.raw`[[\p{L}\p{M}\p{N}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}._'\u2019\-]--\p{Default_Ignorable_Code_Point}]`,
    // "⚕️", "1️⃣": how an emoji is drawn
    String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}])[\uFE0E\uFE0F]`,
    String.raw`(?<=[0-9])\uFE0F(?=\u20E3)`,
    // "👩🏽‍⚕️": the joiner between two emoji
    String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})`,
    // "ශ්‍රී": the joiner after a virama, without which Sinhala names cannot be spelt
    String.raw`(?<=[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])\u200D(?=\p{L})`,
    // "🏴󠁧󠁢󠁳󠁣󠁴󠁿": the tags that make a black flag Scotland's
    String.raw`(?<=[\u{1F3F4}\u{E0020}-\u{E007E}])[\u{E0020}-\u{E007F}]`,
  ].join("|")})+$`,
  "v",
);

const INVALID: Identity = Object.freeze({ ok: false, code: "invalid_username" });

/**
 * The `username` parameter, or a file's name: white space around it and one leading `@` are tolerated, and it may
 * be percent-encoded. Gives the canonical username (NFC, lower case; a member URN keeps its case) or
 * `invalid_username`. Never throws, whatever the string.
 */
export function parseUsername(text: string): Identity {
  if (PLAIN.test(text)) return RESERVED.has(text) ? INVALID : { ok: true, username: text, kind: "username" };
  if (text.length > MAX_TEXT_LENGTH) return INVALID;
  const trimmed = trimInvisible(text);
  return usernameOfSlug(trimmed.startsWith("@") ? trimmed.slice(1) : trimmed);
}

/** The same for the part of an address after /in/, in which nothing is tolerated that LinkedIn would not accept. */
export function usernameOfSlug(slug: string): Identity {
  if (slug.length > MAX_TEXT_LENGTH) return INVALID;
  const decoded = decodeAtMostTwice(slug);
  if (decoded === null) return INVALID;
  if (MEMBER_URN.test(decoded)) return { ok: true, username: decoded, kind: "member_urn" };
  // Lower-casing can leave a pair that composes again, hence NFC on both sides.
  const username = decoded.normalize("NFC").toLowerCase().normalize("NFC");
  if (!CHARACTERS.test(username) || !LETTER_OR_DIGIT.test(username) || RESERVED.has(username)) return INVALID;
  const codePoints = [...username].length;
  if (codePoints < MIN_CODE_POINTS || codePoints > MAX_CODE_POINTS) return INVALID;
  return { ok: true, username, kind: "username" };
}

/** Cuts white space and the invisible marks that copying out of messengers and spreadsheets leaves around a text. */
export function trimInvisible(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isInvisible(text.charCodeAt(start))) start++;
  while (end > start && isInvisible(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

// Two regular expressions would do, but the one for the end takes quadratic time on a long run of spaces.
function isInvisible(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit >= 0x2000 && unit <= 0x200f) return unit !== 0x200c && unit !== 0x200d;
  if (unit >= 0x2028 && unit <= 0x202f) return true;
  if (unit >= 0x205f && unit <= 0x2069) return true;
  return unit === 0xa0 || unit === 0xad || unit === 0x1680 || unit === 0x3000 || unit === 0xfeff;
}

// CRMs encode an address that was encoded already; a third round is nobody's honest address.
function decodeAtMostTwice(slug: string): string | null {
  let text = slug;
  for (let round = 0; round < 2 && text.includes("%"); round++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      return null;
    }
  }
  return text;
}
