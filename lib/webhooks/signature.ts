import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";

/** A new secret as Standard Webhooks writes them: `whsec_`, then 32 random bytes in base64. */
export function mintSecret(): string {
  return `${PREFIX}${randomBytes(32).toString("base64")}`;
}

/** `webhook-signature` over `id.timestamp.body`: one signature for each secret that is valid, space-delimited. */
export function signatureOf(
  secrets: readonly string[],
  message: { id: string; timestampSeconds: number; body: string },
): string {
  const signed = `${message.id}.${message.timestampSeconds}.${message.body}`;
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), "base64");
      return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
    })
    .join(" ");
}
