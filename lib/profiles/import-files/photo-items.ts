import type { PhotoList } from "./photo-list.ts";
import { isLeftoverPath, type PhotoName, readPhotoName } from "./photo-name.ts";
import { problemOfPhoto } from "./picture.ts";
import { cleanText, type ImportItem, refuse } from "./rows.ts";

/** One file of a folder or an archive: at most this many are taken from one source. */
export const MAX_ENTRIES = 100_000;

export type PhotoBytes =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problem: string };

/**
 * Photos by the names of their files, or by a list among them, one at a time: `read` is asked for the next only when the caller asks for
 * the next item, and nothing is kept. A second photo of a person is refused, naming the first.
 */
export async function* photoItems<Entry extends { readonly path: string }>(
  entries: Iterable<Entry>,
  read: (entry: Entry) => Promise<PhotoBytes>,
  list?: PhotoList | null,
): AsyncGenerator<ImportItem> {
  const taken = new Map<string, string>();
  for (const entry of entries) {
    const name = nameOf(entry.path, list);
    if (name.kind === "ignored") continue;
    const where = showPath(entry.path);
    const file = where.slice(where.search(/[^/\\]*[/\\]?$/));
    if (name.kind === "refused") {
      yield refuse(where, file, name.problem);
      continue;
    }
    const { username } = name;
    const first = taken.get(username);
    if (first !== undefined) {
      yield refuse(where, file, `is a second photo of ${username}, after ${first}`);
      continue;
    }
    const content = await read(entry);
    const problem = content.ok ? problemOfPhoto(content.bytes) : content.problem;
    if (!content.ok || problem !== null) {
      yield refuse(where, file, problem ?? "cannot be read");
      continue;
    }
    taken.set(username, where);
    yield { ok: true, row: { where, username, photo: content.bytes } };
  }
  yield* list?.refused() ?? [];
}

function nameOf(path: string, list: PhotoList | null | undefined): PhotoName {
  if (list && (path === list.path || isLeftoverPath(path))) return { kind: "ignored" };
  const username = list?.usernameOf(path);
  return username === undefined ? readPhotoName(path) : { kind: "photo", username };
}

/** A path as it may be printed: archives can hold names that command a terminal. */
export function showPath(path: string): string {
  return cleanText(path, 200) ?? "?";
}
