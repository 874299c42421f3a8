import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Passage, parsePassageId } from "../passages/passage.ts";
import { PersonaError } from "../problem.ts";
import { derivedOfDocument, type PersonaStore, type StoredDocument } from "./store.ts";

/** The shape of these files. A store of another version is made anew, never read. */
const VERSION = 1;

type Manifest = { version: number; documents: (StoredDocument & { file: string | null })[] };

/**
 * A store in a folder: `documents.json`, a file of passages for each document (one JSON line each), and derived files.
 * A document is replaced by writing its passages under a new name and renaming the list over the old one.
 */
export function createFolderStore(directory: string, avatar: string): PersonaStore {
  const listFile = path.join(directory, "documents.json");
  const open = new Map<string, { file: number; offsets: Float64Array }>();
  let manifest: Promise<Manifest> | null = null;
  let seen = "";
  let writing = Promise.resolve();

  async function readManifest(): Promise<Manifest> {
    let text: string;
    try {
      text = await readFile(listFile, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { version: VERSION, documents: [] };
      throw unavailable(error);
    }
    const read = parse(text);
    if (!read) throw new PersonaError("broken_index", { avatar });
    if (read.version !== VERSION) throw new PersonaError("old_index", { avatar });
    return read;
  }

  function current(): Promise<Manifest> {
    manifest ??= readManifest();
    manifest.catch(() => {
      manifest = null;
    });
    return manifest;
  }

  /** One change after the other: each rewrites the list. */
  function change(work: (documents: Manifest["documents"]) => Promise<Manifest["documents"]>): Promise<void> {
    const done = writing.then(async () => {
      const { documents } = await current();
      const next: Manifest = { version: VERSION, documents: await work(documents) };
      await write(listFile, JSON.stringify(next, null, 1));
      manifest = Promise.resolve(next);
      const kept = new Set(next.documents.map(({ file }) => file));
      for (const { file } of documents) if (file && !kept.has(file)) await discard(file);
    });
    writing = done.catch(() => undefined);
    return done;
  }

  async function write(file: string, content: string | Uint8Array): Promise<void> {
    try {
      await mkdir(path.dirname(file), { recursive: true });
      const draft = `${file}.${process.pid}.tmp`;
      await writeFile(draft, content);
      await rename(draft, file);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async function discard(file: string): Promise<void> {
    const opened = open.get(file);
    if (opened) closeSync(opened.file);
    open.delete(file);
    await rm(path.join(directory, file), { force: true });
  }

  function unavailable(error: unknown): PersonaError {
    const reason = error instanceof Error ? error.message : String(error);
    return new PersonaError("store_unavailable", { avatar, reason }, { cause: error });
  }

  /** A line of a file of passages, read from disk: texts are not kept in memory. */
  function readLines(file: string, positions: readonly number[]): Passage[] {
    let opened = open.get(file);
    try {
      if (!opened) {
        opened = openLines(path.join(directory, file));
        open.set(file, opened);
      }
      const { file: descriptor, offsets } = opened;
      return positions.flatMap((position) => {
        const [start, end] = [offsets[position], offsets[position + 1]];
        if (start === undefined || end === undefined) return [];
        const bytes = Buffer.alloc(end - start);
        readSync(descriptor, bytes, 0, bytes.length, start);
        return [JSON.parse(bytes.toString("utf8")) as Passage];
      });
    } catch (error) {
      throw error instanceof SyntaxError
        ? new PersonaError("broken_index", { avatar }, { cause: error })
        : unavailable(error);
    }
  }

  const fileOf = async (id: string) => (await current()).documents.find((document) => document.id === id)?.file ?? null;

  return {
    async revision() {
      // A file that is put in place changes its folder's time.
      const stamps = await Promise.all([stamp(listFile), stamp(path.join(directory, "derived"))]);
      // Another process may have changed the list.
      if (stamps[0] !== seen) manifest = null;
      seen = stamps[0];
      return stamps.join(" ");
    },
    async documents() {
      return (await current()).documents.map(({ file: _, ...document }) => document);
    },
    async replaceDocument(document, passages) {
      const file =
        passages.length > 0 ? `passages/${slug(document.id)}-${(document.digest ?? "").slice(0, 12)}.jsonl` : null;
      if (file)
        await write(path.join(directory, file), passages.map((passage) => `${JSON.stringify(passage)}\n`).join(""));
      await change(async (documents) => {
        if (file && open.has(file)) {
          const opened = open.get(file);
          if (opened) closeSync(opened.file);
          open.delete(file);
        }
        await dropDerived(document.id);
        const at = documents.findIndex(({ id }) => id === document.id);
        return at < 0 ? [...documents, { ...document, file }] : documents.with(at, { ...document, file });
      });
    },
    removeDocument: (id) =>
      change(async (documents) => {
        await dropDerived(id);
        return documents.filter((document) => document.id !== id);
      }),
    async documentPassages(id) {
      const file = await fileOf(id);
      if (!file) return [];
      readLines(file, []);
      const count = (open.get(file)?.offsets.length ?? 1) - 1;
      return readLines(file, [...new Array(count).keys()]);
    },
    async passages(ids) {
      const found: Passage[] = [];
      for (const id of ids) {
        const parsed = parsePassageId(id);
        const file = parsed && (await fileOf(parsed.documentId));
        if (file) found.push(...readLines(file, [parsed.position]));
      }
      return found;
    },
    async readDerived(name) {
      try {
        return existsSync(derivedFile(name)) ? await readFile(derivedFile(name)) : null;
      } catch (error) {
        throw unavailable(error);
      }
    },
    async openDerived(name) {
      try {
        const file = openSync(derivedFile(name), "r");
        return {
          size: fstatSync(file).size,
          read: (into, at) => {
            if (readSync(file, into, 0, into.length, at) < into.length) throw new RangeError(`${name} is cut short`);
          },
          close: () => closeSync(file),
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw unavailable(error);
      }
    },
    async writeDerived(name, bytes) {
      if (bytes) await write(derivedFile(name), bytes);
      else await rm(derivedFile(name), { force: true });
    },
  };

  async function dropDerived(document: string): Promise<void> {
    for (const name of derivedOfDocument(document)) await rm(derivedFile(name), { force: true });
  }

  function derivedFile(name: string): string {
    return path.join(directory, "derived", `${slug(name)}.bin`);
  }
}

async function stamp(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  return found ? `${found.ino}-${found.mtimeMs}-${found.size}` : "none";
}

/** A name for a file from an id that somebody chose; different ids get different names. */
function slug(id: string): string {
  return id
    .replace(/[^a-z0-9._-]/gi, (character) => `%${character.codePointAt(0)?.toString(16)}`)
    .replace(/^\./, "%2e");
}

function parse(text: string): Manifest | null {
  try {
    const read = JSON.parse(text) as Manifest;
    return typeof read.version === "number" && Array.isArray(read.documents) ? read : null;
  } catch {
    return null;
  }
}

/** Finds where each line begins without keeping the text. */
function openLines(name: string): { file: number; offsets: Float64Array } {
  const file = openSync(name, "r");
  const offsets = [0];
  const chunk = Buffer.alloc(1 << 20);
  const { size } = fstatSync(file);
  for (let at = 0; at < size; at += chunk.length) {
    const read = readSync(file, chunk, 0, chunk.length, at);
    for (let found = chunk.indexOf(10); found >= 0 && found < read; found = chunk.indexOf(10, found + 1)) {
      offsets.push(at + found + 1);
    }
  }
  return { file, offsets: Float64Array.from(offsets) };
}
