import { createHash } from "node:crypto";
import { packPassages } from "../passages/pack.ts";
import type { Passage } from "../passages/passage.ts";
import type { PersonaStore, StoredDocument } from "../store/store.ts";
import { UnreadableDocument } from "./document.ts";
import { normalise } from "./normalise.ts";
import { readDocument } from "./read-document.ts";

/** Counts up when reading or cutting gives other passages for the same file. */
const READER_VERSION = 1;

/** What the owner says of a source, beside its file. */
export type SourceFacts = {
  id: string;
  title: string;
  authors: readonly string[];
  year?: number | null | undefined;
  type?: string | null | undefined;
  url?: string | null | undefined;
};

export type Ingested = { document: StoredDocument; changed: boolean };

/**
 * Takes one source into the store. The same file with the same facts changes nothing; a changed one replaces its
 * passages in one step. A file that cannot be read becomes a document with a status and a sentence, not an error.
 * `name` is the file's; `bytes` null means that there is no file.
 */
export async function ingestSource(
  store: PersonaStore,
  facts: SourceFacts,
  file: { name: string; bytes: Uint8Array } | null,
  known: StoredDocument | undefined,
  onPage?: (page: number, pages: number) => void,
): Promise<Ingested> {
  const digest = file ? digestOf(facts, file) : null;
  if (known && digest && known.digest === digest) return { document: known, changed: false };
  const { document, passages } = file
    ? await read(facts, file, digest, onPage)
    : { document: storedDocument(facts, { status: "missing", message: "Its file is not there." }), passages: [] };
  if (known && !digest && known.status === "missing") return { document: known, changed: false };
  await store.replaceDocument(document, passages);
  return { document, changed: true };
}

async function read(
  facts: SourceFacts,
  file: { name: string; bytes: Uint8Array },
  digest: string | null,
  onPage: ((page: number, pages: number) => void) | undefined,
): Promise<{ document: StoredDocument; passages: Passage[] }> {
  try {
    const found = await readDocument(file.bytes, file.name, onPage ? { onPage } : {});
    const normalised = normalise(found);
    const passages = packPassages(facts.id, normalised);
    if (passages.length === 0) throw new UnreadableDocument("empty", "There is no text in this file.");
    const words = normalised.text.match(/\S+/g)?.length ?? 0;
    const { format, pages } = found;
    return {
      document: storedDocument(facts, { status: "ready", digest, format, pages, words, passages: passages.length }),
      passages,
    };
  } catch (error) {
    const unreadable =
      error instanceof UnreadableDocument
        ? error
        : new UnreadableDocument("broken", "This file is damaged and cannot be read.", { cause: error });
    return {
      document: storedDocument(facts, { status: unreadable.status, message: unreadable.message, digest }),
      passages: [],
    };
  }
}

function storedDocument(facts: SourceFacts, state: Partial<StoredDocument>): StoredDocument {
  return {
    id: facts.id,
    title: facts.title,
    authors: [...facts.authors],
    year: facts.year ?? null,
    type: facts.type ?? null,
    url: facts.url ?? null,
    format: null,
    status: "ready",
    message: null,
    digest: null,
    pages: null,
    words: 0,
    passages: 0,
    ...state,
  };
}

function digestOf(facts: SourceFacts, { name, bytes }: { name: string; bytes: Uint8Array }): string {
  const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
  return createHash("sha256")
    .update(
      JSON.stringify([
        READER_VERSION,
        facts.id,
        facts.title,
        facts.authors,
        facts.year ?? null,
        facts.type ?? null,
        facts.url ?? null,
        ending,
      ]),
    )
    .update(bytes)
    .digest("hex");
}
