import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Config } from "./config.ts";

export type Cipher = {
  /** AES-256-GCM: 12 bytes of nonce, 16 of tag, then the ciphertext. */
  encrypt(text: string): Uint8Array;
  /** The text again; throws if the bytes were made with another secret or changed. */
  decrypt(bytes: Uint8Array): string;
  /** A message's authentication code (HMAC-SHA256, base64url), which only who has the secret can make. */
  sign(message: string): string;
  /** Names the secret without revealing it, so that processes can find out that theirs differ. */
  fingerprint: string;
};

/** The server's secret: AVTRZ_SECRET, else 256 random bits made once and kept in the data directory (mode 0600). */
export async function loadSecret(config: Pick<Config, "secret" | "dataDirectory">): Promise<string> {
  if (config.secret) return config.secret;
  const file = path.join(config.dataDirectory, "secret");
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return (await readFile(file, "utf8")).trim();
}

export function createCipher(secret: string): Cipher {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "avtrz publishable keys at rest", 32));
  const signingKey = Buffer.from(hkdfSync("sha256", secret, "", "avtrz message authentication", 32));
  return {
    sign: (message) => createHmac("sha256", signingKey).update(message).digest("base64url"),
    encrypt(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    decrypt(bytes) {
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, "utf8") + decipher.final("utf8");
    },
    fingerprint: createHmac("sha256", secret).update("avtrz secret fingerprint").digest("hex").slice(0, 16),
  };
}
