import { timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Cipher } from "#lib/platform/secret";

/** What an address shows, and until when (seconds since 1970). Nothing of it can be changed. */
export type SignedPicture = { username: string; size: number; format: string; until: number };
/** As its parameters say; `by` is the id of the key that made it. */
export type SignedAddress = SignedPicture & { by: string; signature: string };

export type SignedVerification =
  | { ok: true; organizationId: string; keyId: string }
  | { ok: false; reason: "changed" | "expired" | "revoked"; of: { organizationId: string; keyId: string } | null };

/** How long an answer of the database is believed. A revocation holds everywhere within a second. */
const REMEMBER_MS = 500;
const NO_KEY = { organizationId: "", valid: false };

/**
 * Addresses of one picture that carry no key: an authentication code by the server's secret over everything the address
 * says, and the id of the secret key it was made with. It holds while that key does: a revoked one ends it, a rotated one
 * with its grace.
 */
export function createSignedUrls(options: {
  db: Database;
  clock: Clock;
  cipher: Pick<Cipher, "sign">;
  publicUrl: string;
}) {
  const { db, clock, cipher, publicUrl } = options;
  const remembered = new LRUCache<string, { key: typeof NO_KEY; until: number }>({ max: 20_000 });
  const load = createBatcher<string, typeof NO_KEY>({
    maxItems: 256,
    maxInFlight: 2,
    run: async (ids) => {
      const rows = await db.query<{ id: string; organizationId: string; valid: boolean }>(
        `select id, organization_id as "organizationId", type = 'secret' and revoked_at is null
           and (expires_at is null or expires_at > $2) as valid
         from api_key where id = any($1::text[])`,
        [ids, new Date(clock.now())],
      );
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? NO_KEY);
    },
  });

  async function keyOf(id: string): Promise<typeof NO_KEY> {
    const now = clock.now();
    const known = remembered.get(id);
    if (known && known.until > now) return known.key;
    const key = await load(id);
    remembered.set(id, { key, until: now + REMEMBER_MS });
    return key;
  }

  const sign = ({ username, size, format, until }: SignedPicture, keyId: string) =>
    cipher.sign(["signed picture", keyId, username, size, format, until].join("\n"));

  return {
    /** The address; whoever calls this has seen to it that the key is the caller's and secret. */
    make(picture: SignedPicture, keyId: string): string {
      const { username, size, format, until } = picture;
      const parameters = { person: username, px: String(size), as: format, until: String(until), by: keyId };
      return `${publicUrl}/v1/image?${new URLSearchParams({ ...parameters, sig: sign(picture, keyId) })}`;
    },

    async verify({ by, signature, ...picture }: SignedAddress): Promise<SignedVerification> {
      const expected = Buffer.from(sign(picture, by));
      const given = Buffer.from(signature);
      // Before any look-up: an address that nobody of ours made costs no statement.
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        return { ok: false, reason: "changed", of: null };
      const { organizationId, valid } = await keyOf(by);
      const of = organizationId ? { organizationId, keyId: by } : null;
      if (!of || !valid) return { ok: false, reason: "revoked", of };
      if (picture.until * 1_000 <= clock.now()) return { ok: false, reason: "expired", of };
      return { ok: true, ...of };
    },
  };
}
