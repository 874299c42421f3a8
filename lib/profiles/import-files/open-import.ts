import { parseConnectionsCsv } from "./connections-csv.ts";
import { openPhotoFolder } from "./photo-folder.ts";
import { openPhotoZip } from "./photo-zip.ts";
import { type ImportKind, recognizeFile } from "./recognize-file.ts";
import type { ImportItem, ImportSource, MergedRow } from "./rows.ts";
import { openVCards } from "./vcards.ts";

export type OpenedImport = ImportSource & {
  readonly kind: ImportKind;
  /** Rows of a CSV that were merged into an earlier row of the same person. */
  readonly mergedRows: readonly MergedRow[];
};

/**
 * Any file that can be imported. What can be known to be wrong with the file as a whole is thrown here (file_*
 * errors of lib/platform/errors.ts), so that nothing of it is imported; what is wrong with one row is an item.
 */
export async function openImport(file: string): Promise<OpenedImport> {
  const kind = await recognizeFile(file);
  if (kind === "connections_csv") {
    const { people, refused, merged } = await parseConnectionsCsv(file);
    const items: ImportItem[] = refused.map((row) => ({ ok: false, refused: row }));
    for (const row of people) items.push({ ok: true, row });
    return { kind, mergedRows: merged, total: items.length, items: inTurn(items) };
  }
  const open = kind === "vcard" ? openVCards : kind === "photo_zip" ? openPhotoZip : openPhotoFolder;
  return { kind, mergedRows: [], ...(await open(file)) };
}

async function* inTurn(items: readonly ImportItem[]): AsyncGenerator<ImportItem> {
  yield* items;
}
