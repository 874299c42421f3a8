import { isAppError } from "#lib/platform/errors";
import type { ImportedPerson, OpenedImport } from "#lib/profiles";
import type { PhotoStore } from "./photo-store.ts";
import { type IngestedPhoto, ingestPhoto } from "./photos/index.ts";

/** A remote picture, prepared; or why there is none. */
export type FetchedPhoto = { kind: "photo"; photo: IngestedPhoto } | { kind: "none" | "retry"; problem: string };

/** Something of the file that was not taken as a person of its own. */
export type NotedRow = { outcome: "refused" | "merged"; where: string; value: string; problem: string };

/** What a few items of a file came to. Their photos are stored; nothing else is yet. */
export type ImportBatch = {
  /** How many items of the file are through, those of earlier batches included. */
  done: number;
  /** Each person once, with where they were found last. */
  people: (ImportedPerson & { where: string })[];
  noted: NotedRow[];
  photos: number;
};

/** People saved together: few enough that nothing piles up, many enough that statements are not the cost. */
const SAVED_TOGETHER = 500;
/** What takes longer is told of in between, and is not done again after a crash. */
const BATCH_MS = 3_000;
/** Photos prepared at once; each takes a core for a while. */
const PHOTOS_AT_ONCE = 4;
const AGAIN = "names a person whom a later one names too";

/** How many items a file has, for `done`. */
export function itemsOf(opened: OpenedImport): number {
  return opened.mergedRows.length + opened.total;
}

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
  const people = new Map<string, ImportedPerson & { where: string }>();
  const preparing = new Set<Promise<void>>();
  let noted: NotedRow[] = [];
  let prepared = 0;
  let done = 0;
  let started = performance.now();

  const add = (person: ImportedPerson & { where: string }) =>
    people.set(person.username, { ...people.get(person.username), ...person });

  async function preparePhoto(where: string, username: string, photo: Uint8Array | { url: string }): Promise<void> {
    const made = photo instanceof Uint8Array ? await prepare(photo) : await fetchPhoto(photo.url);
    if (made.kind !== "photo") {
      noted.push({ outcome: "refused", where, value: username, problem: `has no usable photo: ${made.problem}` });
      return;
    }
    await photos.save(made.photo);
    add({ where, username, photoSha256: made.photo.sha256 });
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

  for (const { where, username } of opened.mergedRows) {
    if (done++ < after) continue;
    noted.push({ outcome: "merged", where, value: username, problem: AGAIN });
    if (noted.length >= SAVED_TOGETHER) yield await takeBatch();
  }
  for await (const item of opened.items) {
    if (done++ < after) continue;
    if (!item.ok) noted.push({ outcome: "refused", ...item.refused });
    else {
      const { photo, connectedOn: _, ...person } = item.row;
      // A folder of photos adds nobody whose picture cannot be used; a card or row says something without one.
      if (!photo || opened.kind === "vcard") {
        const earlier = people.get(person.username);
        if (earlier) noted.push({ outcome: "merged", where: earlier.where, value: person.username, problem: AGAIN });
        add(person);
      }
      if (photo) {
        if (preparing.size >= PHOTOS_AT_ONCE) await Promise.race(preparing);
        const work = preparePhoto(person.where, person.username, photo).finally(() => preparing.delete(work));
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
