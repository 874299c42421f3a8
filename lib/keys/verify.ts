import { LRUCache } from "lru-cache";
import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";
import { hashKey, type KeyType, typeOfKey } from "./format.ts";

/** A key that may be used now, and whom it speaks for. */
export type VerifiedKey = {
  id: string;
  organizationId: string;
  type: KeyType;
  allowedDomains: readonly string[];
};

export type Verification =
  | { ok: true; key: VerifiedKey }
  /** `revoked` tells our own records whose key it was; the answer to the caller is the same as for an unknown key. */
  | { ok: false; reason: "mistyped" | "unknown" | "revoked"; key?: VerifiedKey };

type StoredKey = VerifiedKey & { expiresAt: number | null; revokedAt: number | null };
type KeyRow = VerifiedKey & { hash: Buffer; expiresAt: Date | null; revokedAt: Date | null };

/** How long an answer of the database is believed. A revocation holds everywhere within a second. */
const REMEMBER_MS = 500;
const LAST_USED_EVERY_MS = 60_000;

/** Checks keys: the checksum alone first, then the database, in one statement for all that wait. */
export function createKeyVerifier({ db, clock, log }: { db: Database; clock: Clock; log: Log }) {
  const remembered = new LRUCache<string, { stored: StoredKey | null; until: number }>({ max: 20_000 });
  const loading = new Map<string, Promise<StoredKey | null>>();
  const usedAt = new LRUCache<string, number>({ max: 20_000 });

  const load = createBatcher<string, StoredKey | null>({
    maxItems: 256,
    maxInFlight: 2,
    run: async (keys) => {
      const hashes = keys.map(hashKey);
      const rows = await db.query<KeyRow>(
        `select hash, id, organization_id as "organizationId", type, allowed_domains as "allowedDomains",
           expires_at as "expiresAt", revoked_at as "revokedAt"
         from api_key where hash = any($1::bytea[])`,
        [hashes],
      );
      const found = new Map(rows.map(({ hash, ...row }) => [hash.toString("hex"), row]));
      return hashes.map((hash) => {
        const row = found.get(hash.toString("hex"));
        if (!row) return null;
        return { ...row, expiresAt: row.expiresAt?.getTime() ?? null, revokedAt: row.revokedAt?.getTime() ?? null };
      });
    },
  });

  async function stored(key: string): Promise<StoredKey | null> {
    const known = remembered.get(key);
    if (known && known.until > clock.now()) return known.stored;
    const under = loading.get(key);
    if (under) return under;
    // The answer is as old as the moment it was asked for.
    const until = clock.now() + REMEMBER_MS;
    const answer = load(key).then((row) => {
      remembered.set(key, { stored: row, until });
      return row;
    });
    loading.set(key, answer);
    try {
      return await answer;
    } finally {
      loading.delete(key);
    }
  }

  function noteUse(id: string): void {
    const now = clock.now();
    if (now - (usedAt.get(id) ?? 0) < LAST_USED_EVERY_MS) return;
    usedAt.set(id, now);
    db.query("update api_key set last_used_at = $2 where id = $1", [id, new Date(now)]).catch((error) => {
      log.debug({ err: error }, "last use of a key was not noted");
    });
  }

  return async function verify(key: string): Promise<Verification> {
    if (!typeOfKey(key)) return { ok: false, reason: "mistyped" };
    const row = await stored(key);
    if (!row) return { ok: false, reason: "unknown" };
    const { expiresAt, revokedAt, ...verified } = row;
    const now = clock.now();
    if (revokedAt !== null || (expiresAt !== null && expiresAt <= now)) {
      return { ok: false, reason: "revoked", key: verified };
    }
    noteUse(row.id);
    return { ok: true, key: verified };
  };
}
