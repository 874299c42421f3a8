import { randomBytes } from "node:crypto";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import type { Storage } from "#lib/platform/storage";

/** How long an object may be on its way into the row that names it. */
const CLAIM_WITHIN_MS = 3_600_000;
const AT_ONCE = 100;

/**
 * Files of personas in the storage. Each is known as unclaimed before it is written and until a row names it, and again
 * when none does any more: whatever a process that was killed or a deleted workspace leaves behind is found and removed.
 */
export function createObjects({ db, clock, storage }: { db: Database; clock: Clock; storage: Storage }) {
  const bytesOf = (key: string) => `${key}/bytes`;
  return {
    /** Stores bytes and returns their key, which stays unclaimed until `claim`. Throws AppError `storage_unavailable`. */
    async put(personaId: string, kind: "sources" | "derived", bytes: Uint8Array): Promise<string> {
      const key = `personas/${personaId}/${kind}/${randomBytes(10).toString("hex")}`;
      await db.query("insert into unclaimed_object (prefix, since) values ($1, $2)", [key, new Date(clock.now())]);
      await storage.put(bytesOf(key), bytes);
      return key;
    },

    /** The bytes, or null when they are gone. */
    get: (key: string): Promise<Uint8Array | null> => storage.get(bytesOf(key)),

    /** In the transaction that writes a row with this key. */
    async claim(query: Query, key: string): Promise<void> {
      await query("delete from unclaimed_object where prefix = $1", [key]);
    },

    /** In the transaction after which no row has these keys. */
    async release(query: Query, keys: readonly string[]): Promise<void> {
      if (keys.length === 0) return;
      await query(
        "insert into unclaimed_object (prefix, since) select prefix, $2 from unnest($1::text[]) prefix on conflict do nothing",
        [keys, new Date(clock.now())],
      );
    },

    /** Removes what nobody claims; `personaId` of a deleted persona removes that one's now. Returns how many went. */
    async sweep(personaId?: string): Promise<number> {
      const rows = await db.query<{ prefix: string }>(
        "select prefix from unclaimed_object where since < $1 and ($2::text is null or prefix = $2) order by since limit $3",
        [new Date(clock.now() - CLAIM_WITHIN_MS), personaId ? `personas/${personaId}` : null, AT_ONCE],
      );
      for (const { prefix } of rows) {
        await storage.removeAll(prefix);
        await db.query("delete from unclaimed_object where prefix = $1", [prefix]);
      }
      return rows.length;
    },
  };
}

export type Objects = ReturnType<typeof createObjects>;
