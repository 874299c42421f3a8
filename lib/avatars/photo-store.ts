import { LRUCache } from "lru-cache";
import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { isAppError } from "#lib/platform/errors";
import type { Jobs } from "#lib/platform/jobs";
import type { Log } from "#lib/platform/log";
import type { Storage } from "#lib/platform/storage";
import { type AvatarFormat, type AvatarSize, type IngestedPhoto, renderVariant } from "./photos/index.ts";

const IN_MEMORY_BYTES = 24 * 1024 * 1024;
/** How long a photo is believed to be there still; one that was taken down is gone everywhere within a second. */
const REMEMBER_MS = 500;

const DAY_MS = 86_400_000;

const UNSHOWN = `not exists (select from profile where photo_sha256 = photo.sha256)
  and not exists (select from imported_person where photo_sha256 = photo.sha256)
  and not exists (select from imported_person where own_photo_sha256 = photo.sha256)
  and not exists (select from organization_finding where photo_sha256 = photo.sha256)`;

export type PurgeJob = { photos: string[] };

/** Keeps photos under the SHA-256 of their bytes, and every size and format of them that was asked for. */
export function createPhotoStore({
  db,
  storage,
  jobs,
  clock,
  log,
}: {
  db: Database;
  storage: Storage;
  jobs: Jobs;
  clock: Clock;
  log: Log;
}) {
  const inMemory = new LRUCache<string, Uint8Array>({
    maxSize: IN_MEMORY_BYTES,
    sizeCalculation: (bytes) => bytes.length,
  });
  const checked = new LRUCache<string, { exists: boolean; until: number }>({ max: 20_000 });
  const rendering = new Map<string, Promise<Uint8Array | null>>();

  const load = createBatcher<string, boolean>({
    maxItems: 256,
    maxInFlight: 2,
    run: async (hashes) => {
      const found = await kept(hashes);
      return hashes.map((hash) => found.has(hash));
    },
  });

  async function kept(hashes: readonly string[]): Promise<Set<string>> {
    const rows = await db.query<{ sha256: string }>("select sha256 from photo where sha256 = any($1::text[])", [
      hashes,
    ]);
    return new Set(rows.map((row) => row.sha256));
  }

  async function exists(sha256: string): Promise<boolean> {
    const known = checked.get(sha256);
    const now = clock.now();
    if (known && known.until > now) return known.exists;
    try {
      const answer = await load(sha256);
      checked.set(sha256, { exists: answer, until: now + REMEMBER_MS });
      return answer;
    } catch (error) {
      // Images go on being served while the database is away: what is stored was allowed a moment ago.
      if (isAppError(error) && error.code === "database_unavailable") return true;
      throw error;
    }
  }

  /** The master is missing or damaged: forget the photo, so that its people are looked up again. */
  async function forget(sha256: string): Promise<void> {
    log.error({ photo: sha256 }, "a stored photo is missing or damaged; the people it shows will be looked up again");
    await remove(async (query) => {
      await query("update profile set stale_at = now() where photo_sha256 = $1", [sha256]);
      return query<{ sha256: string }>("delete from photo where sha256 = $1 returning sha256", [sha256]);
    });
  }

  /** Removes rows, and with them the files. The job commits with the rows: what fails here is done later. */
  async function remove(rows: (query: Query) => Promise<{ sha256: string }[]>): Promise<void> {
    await jobs.ready();
    const hashes = await db.transaction(async (query) => {
      const removed = (await rows(query)).map(({ sha256 }) => sha256);
      if (removed.length > 0) await jobs.send(query, "purge", { photos: removed } satisfies PurgeJob);
      return removed;
    });
    for (const hash of hashes) checked.delete(hash);
    await purge(hashes).catch((error) => log.error({ err: error }, "files of removed photos will be removed later"));
  }

  /** Deletes every file of those of the photos that have no row. */
  async function purge(hashes: readonly string[]): Promise<void> {
    const present = await kept(hashes);
    const gone = hashes.filter((hash) => !present.has(hash));
    for (const hash of gone) await storage.removeAll(folderOf(hash));
    // Somebody may have stored the same photo in between: its row must not be left without its file.
    for (const hash of gone.length > 0 ? await kept(gone) : [])
      if ((await storage.examine(masterOf(hash))) !== "whole") await forget(hash);
  }

  async function render(sha256: string, size: AvatarSize, format: AvatarFormat): Promise<Uint8Array | null> {
    const name = `${folderOf(sha256)}/${size}.${format}`;
    const stored = await storage.get(name);
    if (stored) return stored;
    const master = await storage.get(masterOf(sha256));
    if (!master) {
      await forget(sha256);
      return null;
    }
    const bytes = await renderVariant(master, size, format);
    // A full disk must not cost the picture: it is served from memory and rendered again another time.
    await storage.put(name, bytes).catch((error) => log.error({ err: error }, "a rendered photo could not be stored"));
    // It may have been taken down while it was rendered; nothing of it may stay behind.
    await purge([sha256]).catch((error) => log.error({ err: error }, "a rendered photo could not be checked again"));
    return bytes;
  }

  return {
    /** Stores a photo and its row. Of the same bytes only the time is new: somebody is about to be shown by them. */
    async save(photo: IngestedPhoto): Promise<void> {
      await storage.put(masterOf(photo.sha256), photo.bytes);
      await db.query(
        `insert into photo (sha256, side, crop, thumbhash, dominant_colour, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (sha256) do update set created_at = excluded.created_at`,
        [photo.sha256, photo.side, photo.crop, photo.thumbhash, photo.dominantColour, new Date(clock.now())],
      );
      checked.delete(photo.sha256);
    },

    /** The photo at one size and format, or null when there is no such photo (any more). */
    async variant(sha256: string, size: AvatarSize, format: AvatarFormat): Promise<Uint8Array | null> {
      const name = `${sha256}/${size}.${format}`;
      if (!(await exists(sha256))) {
        inMemory.delete(name);
        return null;
      }
      const known = inMemory.get(name);
      if (known) return known;
      const underway = rendering.get(name);
      if (underway) return underway;
      const answer = render(sha256, size, format).finally(() => rendering.delete(name));
      rendering.set(name, answer);
      const bytes = await answer;
      if (bytes) inMemory.set(name, bytes);
      return bytes;
    },

    /** Deletes those of the photos that nobody is shown by any more: row, master and every rendering. */
    async removeUnused(hashes: readonly string[]): Promise<void> {
      await remove((query) =>
        query(`delete from photo where sha256 = any($1::text[]) and ${UNSHOWN} returning sha256`, [hashes]),
      );
    },

    /** Deletes photos that nobody has been shown by for a day: what an import or a deletion left when it was broken off. */
    async removeUnshown(): Promise<void> {
      const yesterday = new Date(clock.now() - DAY_MS);
      const unshown = () =>
        db.query<{ sha256: string }>(`select sha256 from photo where created_at < $1 and ${UNSHOWN} limit 1000`, [
          yesterday,
        ]);
      for (let some = await unshown(); some.length > 0; some = await unshown()) {
        await remove((query) =>
          query(`delete from photo where sha256 = any($1::text[]) and ${UNSHOWN} returning sha256`, [
            some.map(({ sha256 }) => sha256),
          ]),
        );
      }
    },

    /**
     * Finds photos whose file is missing or damaged, by reading every one. With `repair` they are forgotten, so that their
     * people are looked up again. Throws AppError `storage_unavailable`.
     */
    async findLost(repair: boolean): Promise<string[]> {
      const lost: string[] = [];
      for (let after = ""; ; ) {
        const rows = await db.query<{ sha256: string }>(
          "select sha256 from photo where sha256 > $1 order by sha256 limit 500",
          [after],
        );
        const last = rows.at(-1);
        if (!last) return lost;
        after = last.sha256;
        const states = await Promise.all(rows.map(({ sha256 }) => storage.examine(masterOf(sha256))));
        const bad = rows.filter((_, index) => states[index] !== "whole");
        for (const { sha256 } of bad) {
          lost.push(sha256);
          if (repair) await forget(sha256);
        }
      }
    },

    purge,
  };
}

export type PhotoStore = ReturnType<typeof createPhotoStore>;

function folderOf(sha256: string): string {
  return `photos/${sha256.slice(0, 2)}/${sha256}`;
}

function masterOf(sha256: string): string {
  return `${folderOf(sha256)}/master`;
}
