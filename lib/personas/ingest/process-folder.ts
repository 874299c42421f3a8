import { readFile } from "node:fs/promises";
import { type AvatarFolder, findSourceFile, readManifest } from "../avatar/folder.ts";
import { openLexicalIndex } from "../retrieval/lexical-index.ts";
import { INDEX, rebuildIndex } from "../retrieval/rebuild-index.ts";
import type { PersonaStore, StoredDocument } from "../store/store.ts";
import { ingestSource } from "./ingest.ts";

export type ProcessReport = {
  documents: (StoredDocument & { changed: boolean })[];
  removed: string[];
  passages: number;
  /** Whether anything was written. */
  changed: boolean;
};

/** What is under way, for a progress bar: `done` of `of` sources, and pages within one. */
export type Progress = { source: string; done: number; of: number; page?: number; pages?: number };

/**
 * Brings the store to what the folder has: new and changed sources are read, removed ones go, and one that cannot be
 * read keeps nobody else from being read. Running it again changes nothing.
 */
export async function processFolder(
  folder: AvatarFolder,
  store: PersonaStore,
  options: { source?: string; force?: boolean; manifest?: string; onProgress?: (progress: Progress) => void } = {},
): Promise<ProcessReport> {
  const manifest = await readManifest(folder, options.manifest);
  const known = new Map((await store.documents()).map((document) => [document.id, document]));
  const report: ProcessReport = { documents: [], removed: [], passages: 0, changed: false };
  for (const [at, source] of manifest.sources.entries()) {
    if (options.source && source.id !== options.source) continue;
    const progress = { source: source.title, done: at, of: manifest.sources.length };
    options.onProgress?.(progress);
    const before = options.force ? undefined : known.get(source.id);
    if (source.priority === "secondary") {
      const { document, changed } = await skip(store, source, before);
      report.documents.push({ ...document, changed });
      report.changed ||= changed;
      continue;
    }
    const name = await findSourceFile(folder, manifest, source);
    const file = name ? { name, bytes: await readFile(name) } : null;
    const { document, changed } = await ingestSource(store, source, file, before, (page, pages) =>
      options.onProgress?.({ ...progress, page, pages }),
    );
    report.documents.push({ ...document, changed });
    report.changed ||= changed;
  }
  if (!options.source) {
    const wanted = new Set(manifest.sources.map(({ id }) => id));
    for (const id of known.keys()) {
      if (wanted.has(id)) continue;
      await store.removeDocument(id);
      report.removed.push(id);
      report.changed = true;
    }
  }
  if (report.changed || !(await hasIndex(store))) {
    await rebuildIndex(store);
    report.changed = true;
  }
  report.passages = (await store.documents()).reduce((sum, { passages }) => sum + passages, 0);
  return report;
}

/** Whether there is an index of this version, whole. */
async function hasIndex(store: PersonaStore): Promise<boolean> {
  const bytes = await store.readDerived(INDEX);
  try {
    return bytes !== null && openLexicalIndex(bytes) !== null;
  } catch {
    return false;
  }
}

/** What others wrote about the person is not the person's. */
async function skip(
  store: PersonaStore,
  source: { id: string; title: string; authors: string[] },
  known: StoredDocument | undefined,
) {
  if (known?.status === "skipped") return { document: known, changed: false };
  const document: StoredDocument = {
    id: source.id,
    title: source.title,
    authors: source.authors,
    year: null,
    type: null,
    url: null,
    format: null,
    status: "skipped",
    message: "It is marked as secondary: not the avatar's own words.",
    digest: null,
    pages: null,
    words: 0,
    passages: 0,
  };
  await store.replaceDocument(document, []);
  return { document, changed: true };
}
