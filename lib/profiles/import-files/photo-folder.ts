import { constants, type Dirent } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { bytesInWords, notRecognized, problemOfError, readUpTo, statOf, tooLarge, unreadable } from "./file-access.ts";
import { MAX_ENTRIES, type PhotoBytes, photoItems, showPath } from "./photo-items.ts";
import { findPhotoList, MAX_LIST_BYTES, type PhotoList, readPhotoList } from "./photo-list.ts";
import { isLeftover } from "./photo-name.ts";
import { MAX_PHOTO_BYTES } from "./picture.ts";
import { type ImportItem, type ImportSource, refuse } from "./rows.ts";

/** A file or link below the folder; `path` is relative to it, with slashes. */
type Entry = { readonly path: string; readonly link: boolean };

/**
 * A folder of photos named by username, or listed in a CSV among them; folders in it included. Lists it whole (sorted, so that two runs agree)
 * and throws file_unreadable, file_not_recognized (not a folder) or file_too_large (over MAX_ENTRIES files) before
 * the first photo is read.
 */
export async function openPhotoFolder(folder: string): Promise<ImportSource> {
  if (!(await statOf(folder)).isDirectory()) throw notRecognized(folder, "it is not a folder");
  const { entries, refused, root } = await listFolder(folder);
  const entry = findPhotoList(entries);
  const content = entry && (await readFile(root, entry, MAX_LIST_BYTES));
  const list = entry && content?.ok ? readPhotoList(entry.path, Buffer.from(content.bytes)) : null;
  return { total: entries.length + refused.length, items: items(root, entries, refused, list) };
}

async function* items(root: string, entries: readonly Entry[], refused: readonly ImportItem[], list: PhotoList | null) {
  yield* refused;
  yield* photoItems(entries, (entry) => readFile(root, entry, MAX_PHOTO_BYTES), list);
}

type Listing = { root: string; entries: Entry[]; refused: ImportItem[] };

/** Every file below a folder, leftovers passed over; `refused` are folders that cannot be listed, and no files. */
export async function listFolder(folder: string): Promise<Listing> {
  const root = await realpath(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const entries: Entry[] = [];
  const refused: ImportItem[] = [];
  const waiting = [""];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    let names: Dirent[];
    try {
      names = await readdir(join(root, path), { withFileTypes: true });
    } catch (error) {
      if (path === "") throw unreadable(folder, error);
      refused.push(refuse(showPath(path), path, `is a folder that cannot be listed: ${problemOfError(error)}`));
      continue;
    }
    const folders: string[] = [];
    for (const name of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isLeftover(name.name)) continue;
      const child = path === "" ? name.name : `${path}/${name.name}`;
      if (name.isDirectory()) folders.push(child);
      else if (name.isFile() || name.isSymbolicLink()) entries.push({ path: child, link: name.isSymbolicLink() });
      else refused.push(refuse(showPath(child), name.name, "is a device, a pipe or a socket"));
    }
    waiting.push(...folders.reverse());
    if (entries.length + waiting.length > MAX_ENTRIES) {
      throw tooLarge(folder, `more than ${MAX_ENTRIES} files`, `${MAX_ENTRIES} files`);
    }
  }
  return { root, entries, refused };
}

async function readFile(root: string, entry: Entry, maxBytes: number): Promise<PhotoBytes> {
  try {
    const path = entry.link ? await realpath(join(root, entry.path)) : join(root, entry.path);
    // Someone else's private pictures, or /etc, must not come in through a link left in a shared folder.
    if (!path.startsWith(root + sep)) return { ok: false, problem: "is a link that leads out of the folder" };
    // Opened without following a link that took the file's place meanwhile, nor waiting for a pipe that did.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return { ok: false, problem: "is not a file" };
      if (stats.size > maxBytes) {
        return { ok: false, problem: `is ${bytesInWords(stats.size)}; the limit is ${bytesInWords(maxBytes)}` };
      }
      return { ok: true, bytes: await readUpTo(handle, stats.size) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { ok: false, problem: `cannot be read: ${problemOfError(error)}` };
  }
}
