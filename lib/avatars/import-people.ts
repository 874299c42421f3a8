import path from "node:path";
import { isAppError } from "#lib/platform/errors";
import { type createImports, type ImportedPerson, openImport, type RefusedRow } from "#lib/profiles";
import type { PhotoStore } from "./photo-store.ts";
import { type IngestedPhoto, ingestPhoto } from "./photos/index.ts";

/** What became of a file of people. */
export type ImportReport = {
  file: string;
  source: string;
  organization: string;
  /** People who were not known before, and people of whom something was completed or renewed. */
  added: number;
  updated: number;
  photos: number;
  /** Further rows of a person who had one already. */
  merged: number;
  refused: RefusedRow[];
  /** People who asked not to be shown: nothing of them was kept. */
  suppressed: string[];
};

/** A remote picture, prepared; or why there is none. */
export type FetchedPhoto = { kind: "photo"; photo: IngestedPhoto } | { kind: "none" | "retry"; problem: string };

/** People saved together: few enough that nothing piles up, many enough that statements are not the cost. */
const SAVED_TOGETHER = 500;
/** Photos prepared at once; each takes a core for a while. */
const PHOTOS_AT_ONCE = 4;

/**
 * Imports a file of people with their photos. A file that is wrong as a whole is refused before anything is taken;
 * a row that is wrong is reported, and the others are taken. Importing the same again changes nothing, so an import
 * that was broken off is completed by repeating it.
 */
export function createPeopleImporter(options: {
  imports: ReturnType<typeof createImports>;
  photos: PhotoStore;
  fetchPhoto: (url: string) => Promise<FetchedPhoto>;
}) {
  const { imports, photos, fetchPhoto } = options;

  return async function importPeople(
    organizationId: string,
    file: string,
    actor: string,
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<ImportReport> {
    const opened = await openImport(path.resolve(file));
    const report: ImportReport = {
      file,
      source: opened.kind,
      organization: organizationId,
      added: 0,
      updated: 0,
      photos: 0,
      merged: opened.merged,
      refused: [],
      suppressed: [],
    };
    // The last word on a person stands, so a batch holds each of them once.
    const batch = new Map<string, ImportedPerson>();
    const preparing = new Set<Promise<void>>();
    const add = (person: ImportedPerson) => batch.set(person.username, { ...batch.get(person.username), ...person });

    async function save(): Promise<void> {
      await Promise.all(preparing);
      const people = [...batch.values()];
      batch.clear();
      const tally = await imports.save(organizationId, opened.kind, people);
      report.added += tally.added;
      report.updated += tally.updated;
      report.suppressed.push(...tally.suppressed);
    }

    async function preparePhoto(where: string, username: string, photo: Uint8Array | { url: string }): Promise<void> {
      const prepared = photo instanceof Uint8Array ? await prepare(photo) : await fetchPhoto(photo.url);
      if (prepared.kind !== "photo") {
        report.refused.push({ where, value: "", problem: `has no usable photo: ${prepared.problem}` });
        return;
      }
      await photos.save(prepared.photo);
      add({ username, photoSha256: prepared.photo.sha256 });
      report.photos++;
    }

    let done = 0;
    for await (const item of opened.items) {
      onProgress(done++, opened.total);
      if (!item.ok) {
        report.refused.push(item.refused);
        continue;
      }
      const { where, photo, connectedOn: _, ...person } = item.row;
      // A folder of photos adds nobody whose picture cannot be used; a card or row says something without one.
      if (!photo || opened.kind === "vcard") add(person);
      if (photo) {
        if (preparing.size >= PHOTOS_AT_ONCE) await Promise.race(preparing);
        const work = preparePhoto(where, person.username, photo).finally(() => preparing.delete(work));
        preparing.add(work);
      }
      if (batch.size >= SAVED_TOGETHER) await save();
    }
    await save();
    await imports.recordImport(organizationId, actor, {
      file: path.basename(file),
      source: opened.kind,
      added: report.added,
      updated: report.updated,
      refused: report.refused.length,
    });
    return report;
  };
}

async function prepare(bytes: Uint8Array): Promise<FetchedPhoto> {
  try {
    return { kind: "photo", photo: await ingestPhoto(bytes) };
  } catch (error) {
    if (isAppError(error) && error.code === "photo_unusable") return { kind: "none", problem: error.message };
    throw error;
  }
}
