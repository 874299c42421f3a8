import path from "node:path";
import type { Database } from "#lib/platform/db";
import { type createImports, openImport, type RefusedRow, type RememberedFields, readSaidColumns } from "#lib/profiles";
import { type FetchedPhoto, readBatches } from "./import-batches.ts";
import type { PhotoStore } from "./photo-store.ts";

/** What became of a file of people. */
export type ImportReport = {
  file: string;
  source: string;
  organization: string;
  /** People who were not known before, people of whom something was completed or renewed, and people known as they are. */
  added: number;
  updated: number;
  unchanged: number;
  photos: number;
  /** Further rows of a person who had one already. */
  merged: number;
  refused: RefusedRow[];
  /** People who asked not to be shown: nothing of them was kept. */
  suppressed: string[];
};

/**
 * Imports a file of people with their photos, at once: for the command line. A file that is wrong as a whole is refused
 * before anything is taken; a row that is wrong is reported, and the others are taken. Importing the same again changes
 * nothing, so an import that was broken off is completed by repeating it. `columns` says of a CSV's columns what they hold, as
 * `COLUMN=FIELD` (readSaidColumns).
 */
export function createPeopleImporter(options: {
  db: Database;
  imports: ReturnType<typeof createImports>;
  photos: PhotoStore;
  fetchPhoto: (url: string) => Promise<FetchedPhoto>;
  /** What the organization last said of the columns of a CSV. */
  remembered: (organizationId: string) => Promise<RememberedFields>;
}) {
  const { db, imports, photos, fetchPhoto } = options;

  return async function importPeople(
    organizationId: string,
    file: string,
    actor: string,
    more: { onProgress?: (done: number, total: number) => void; columns?: readonly string[] } = {},
  ): Promise<ImportReport> {
    const { onProgress = () => undefined, columns = [] } = more;
    const whole = path.resolve(file);
    const said = await readSaidColumns(whole, columns);
    const opened = await openImport(whole, { said, remembered: await options.remembered(organizationId) });
    const source = opened.kind;
    const tally = { added: 0, updated: 0, unchanged: 0, photos: 0, merged: 0 };
    const refused: RefusedRow[] = [];
    const suppressed: string[] = [];
    for await (const batch of readBatches(opened, { photos, fetchPhoto })) {
      const told = new Set(batch.people.filter(({ again }) => again).map(({ username }) => username));
      for (const { username, outcome } of await imports.save(db.query, organizationId, source, batch.people)) {
        if (told.has(username)) continue;
        if (outcome === "suppressed") suppressed.push(username);
        else tally[outcome]++;
      }
      for (const { outcome, ...row } of batch.noted) {
        if (outcome === "merged") tally.merged++;
        else refused.push(row);
      }
      tally.photos += batch.photos;
      onProgress(batch.done, opened.total);
    }
    await imports.recordImport(db.query, organizationId, actor, {
      file: path.basename(file),
      source,
      added: tally.added,
      updated: tally.updated,
      refused: refused.length,
    });
    return { file, source, organization: organizationId, ...tally, refused, suppressed };
  };
}
