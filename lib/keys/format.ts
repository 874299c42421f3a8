import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

export type KeyType = "publishable" | "secret";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_LENGTH = 24;
const CHECKSUM_LENGTH = 6;
const SHAPE = new RegExp(`^(pk|sk)_live_[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);

/** A new key: `pk_live_` or `sk_live_`, 24 random base62 characters (143 bits), and 6 of the CRC-32 of all before. */
export function mintKey(type: KeyType): string {
  const body = `${type === "publishable" ? "pk" : "sk"}_live_${randomBase62(RANDOM_LENGTH)}`;
  return body + checksum(body);
}

/** The type of a key as it was issued, or null for a text that never was one (a typo among them). */
export function typeOfKey(key: string): KeyType | null {
  if (!SHAPE.test(key)) return null;
  const body = key.slice(0, -CHECKSUM_LENGTH);
  if (checksum(body) !== key.slice(-CHECKSUM_LENGTH)) return null;
  return key.startsWith("sk_") ? "secret" : "publishable";
}

/** True for anything that begins as a secret key does, well formed or not: it must not be logged or echoed. */
export function looksSecret(text: string): boolean {
  return /^sk_/i.test(text);
}

/** SHA-256: how a key is looked up, and all that is kept of a secret one. */
export function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    // 248 is the largest multiple of 62 in a byte; what lies above would favour the first characters.
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
    }
  }
  return text;
}
