import { randomFillSync } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const pool = Buffer.alloc(4096);
let used = pool.length;

/** The kinds of thing that have an id, and so the prefixes an id can have. */
export type IdPrefix =
  | "org"
  | "usr"
  | "key"
  | "req"
  | "aud"
  | "imp"
  | "ses"
  | "inv"
  | "cli"
  | "areq"
  | "con"
  | "fam"
  | "per"
  | "src"
  | "ans"
  | "evl"
  | "rmv"
  | "whe"
  | "msg";

/**
 * A new id: prefix, `_`, then 26 characters in which the first ten are the time (so ids sort by age and
 * index inserts stay at one end) and the other sixteen are 80 random bits. The layout is a ULID's.
 */
export function newId(prefix: IdPrefix, milliseconds: number): string {
  return `${prefix}_${timePart(milliseconds)}${randomPart()}`;
}

/** The smallest id a prefix can have at a moment: turns a time range into an id range. */
export function firstIdAt(prefix: IdPrefix, milliseconds: number): string {
  return `${prefix}_${timePart(milliseconds)}0000000000000000`;
}

/** When an id was made, in milliseconds. */
export function timeOfId(id: string): number {
  let time = 0;
  for (const digit of id.slice(id.indexOf("_") + 1).slice(0, 10)) time = time * 32 + ALPHABET.indexOf(digit);
  return time;
}

function timePart(milliseconds: number): string {
  let rest = milliseconds;
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function randomPart(): string {
  // One system call serves 256 ids: this runs for every request.
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = "";
  for (let i = 0; i < 16; i++) text += ALPHABET.charAt((pool[used++] as number) & 31);
  return text;
}
