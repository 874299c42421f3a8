import { openCsv } from "./open-csv.ts";
import { openPhotoFolder } from "./photo-folder.ts";
import { openPhotoZip } from "./photo-zip.ts";
import { type ImportKind, recognizeFile } from "./recognize-file.ts";
import type { ImportSource } from "./rows.ts";
import { openVCards } from "./vcards.ts";

export type OpenedImport = ImportSource & { readonly kind: ImportKind };

/**
 * Any file that can be imported. What can be known to be wrong with the file as a whole is thrown here (file_*
 * errors of lib/platform/errors.ts), so that nothing of it is imported; what is wrong with one row is an item. What the
 * columns of a CSV hold can be said (`mapping`, `said`), or remembered from files before.
 */
export async function openImport(file: string, csv: Parameters<typeof openCsv>[1] = {}): Promise<OpenedImport> {
  const kind = await recognizeFile(file);
  if (kind === "vcard") return { kind, ...(await openVCards(file)) };
  if (kind === "photo_zip") return { kind, ...(await openPhotoZip(file)) };
  if (kind === "photo_folder") return { kind, ...(await openPhotoFolder(file)) };
  const { total, items } = await openCsv(file, csv);
  return { kind, total, items };
}
