import { createHash } from "node:crypto";

/** SHA-256: what every stored object is checked by. */
export function digestOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
