import { createHash, randomBytes } from "node:crypto";

/** Opaque tokens: a prefix that tells scanners whose they are, then 256 random bits. At rest there is only the SHA-256. */
const PREFIXES = { code: "avc_", access: "avt_", refresh: "avr_" } as const;

export function newToken(kind: keyof typeof PREFIXES): string {
  return PREFIXES[kind] + randomBytes(32).toString("base64url");
}

/** 32 bytes. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

const ACCESS = /^avt_[\w-]{43}$/;

/** False for what was never issued as an access token, which then costs no database read. */
export function looksLikeAccessToken(token: string): boolean {
  return ACCESS.test(token);
}
