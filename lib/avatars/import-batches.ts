import { isAppError } from "#lib/platform/errors";
import type { ImportedPerson, OpenedImport } from "#lib/profiles";
import type { PhotoStore } from "./photo-store.ts";
import { type IngestedPhoto, ingestPhoto } from "./photos/index.ts";

/** A remote picture, prepared; or why there is none. */
export type FetchedPhoto = { kind: "photo"; photo: IngestedPhoto } | { kind: "none" | "retry"; problem: string };

/** Something of the file that was not taken as a person of its own. */
export type NotedRow = { outcome: "refused" | "merged"; where: string; value: string; problem: string };

type BatchPerson = ImportedPerson & { where: string; again: boolean };

/** What a few items of a file came to. Their photos are stored; nothing else is yet. */
export type ImportBatch = {
  /** How many items of the file are through, those of earlier batches included. */
  done: number;
  /** Each person once, with where they were found first; `again` when that was in an earlier batch, which told of them. */
  people: BatchPerson[];
  noted: NotedRow[];
  photos: number;
};

/** People saved together: few enough that nothing piles up, many enough that statements are not the cost. */
const SAVED_TOGETHER = 500;
/** What takes longer is told of in between, and is not done again after a crash. */
const BATCH_MS = 3_000;
/** Photos prepared at once; each takes a core for a while. */
const PHOTOS_AT_ONCE = 4;

/**
 * Reads a file of people in batches, in an order that is always the same: after a crash an import goes on behind the
 * `after` items that were through. Photos are decoded, cropped and stored on the way.
 */
export async function* readBatches(
  opened: OpenedImport,
  options: {
    photos: PhotoStore;
    fetchPhoto: (url: string) => Promise<FetchedPhoto>;
    after?: number;
    batchMs?: number | undefined;
  },
): AsyncGenerator<ImportBatch> {
  const { photos, fetchPhoto, after = 0, batchMs = BATCH_MS } = options;
  // The last word on a person stands, so a batch holds each of them once.
  const people = new Map<string, BatchPerson>();
  const photosAlone = opened.kind === "photo_zip" || opened.kind === "photo_folder";
  const preparing = new Set<Promise<void>>();
  let noted: NotedRow[] = [];
  let prepared = 0;
  let done = 0;
  let started = performance.now();

  const add = (person: BatchPerson) => {
    const { where, again } = people.get(person.username) ?? person;
    people.set(person.username, { ...people.get(person.username), ...person, where, again });
  };

  async function preparePhoto(person: BatchPerson, photo: Uint8Array | { url: string }): Promise<void> {
    const { where, username, again } = person;
    const made = photo instanceof Uint8Array ? await prepare(photo) : await fetchPhoto(photo.url);
    if (made.kind !== "photo") {
      noted.push({ outcome: "refused", where, value: username, problem: `has no usable photo: ${made.problem}` });
      return;
    }
    await photos.save(made.photo);
    add({ where, username, again, photoSha256: made.photo.sha256 });
    prepared++;
  }

  async function takeBatch(): Promise<ImportBatch> {
    await Promise.all(preparing);
    const batch = { done, people: [...people.values()], noted, photos: prepared };
    people.clear();
    noted = [];
    prepared = 0;
    started = performance.now();
    return batch;
  }

  for await (const item of opened.items) {
    if (done++ < after) continue;
    if (!item.ok) noted.push({ outcome: "refused", ...item.refused });
    else {
      const { photo, connectedOn: _, ...row } = item.row;
      const again = item.again !== undefined;
      if (again) {
        const problem = `names a person whom ${item.again} names too; what it says was taken`;
        noted.push({ outcome: "merged", where: row.where, value: row.username, problem });
      }
      // A folder of photos adds nobody whose picture cannot be used; a card or row says something without one.
      if (!photo || !photosAlone) add({ ...row, again });
      if (photo) {
        if (preparing.size >= PHOTOS_AT_ONCE) await Promise.race(preparing);
        const work = preparePhoto({ ...row, again }, photo).finally(() => preparing.delete(work));
        preparing.add(work);
      }
    }
    const full = people.size + noted.length >= SAVED_TOGETHER || performance.now() - started > batchMs;
    if (full) yield await takeBatch();
  }
  yield await takeBatch();
}

async function prepare(bytes: Uint8Array): Promise<FetchedPhoto> {
  try {
    return { kind: "photo", photo: await ingestPhoto(bytes) };
  } catch (error) {
    if (isAppError(error) && error.code === "photo_unusable") return { kind: "none", problem: error.message };
    throw error;
  }
}
