import type { DocumentStatus } from "../ingest/document.ts";
import type { Passage } from "../passages/passage.ts";
import type { ByteSource } from "../retrieval/sections-file.ts";

/** What is known of one source. */
export type StoredDocument = {
  /** The id of the source, as sources.json has it. */
  id: string;
  title: string;
  authors: string[];
  year: number | null;
  /** book, paper, speech, interview, article, letter, textbook, guide, lecture or another word of the owner's. */
  type: string | null;
  url: string | null;
  format: string | null;
  status: DocumentStatus;
  /** Why there are no passages, for whoever added it; null when all is well. */
  message: string | null;
  /** SHA-256 of the file and of how it was read; the same means: nothing to do. */
  digest: string | null;
  pages: number | null;
  words: number;
  passages: number;
};

/** The derived data of one document: gone with it, and when it is replaced. */
export const derivedOfDocument = (id: string): string[] => [`vectors-${id}`, `lead-vectors-${id}`];

/**
 * Where an avatar's corpus is kept. A folder and a database are such stores; what is found and said is the same on each.
 * Every store serves one avatar. Failures are PersonaError `store_unavailable`.
 */
export type PersonaStore = {
  /** Another text after every change, cheap to ask for: whoever keeps an index in memory asks before each answer. */
  revision(): Promise<string>;
  /** Every source, in the order in which they were added. */
  documents(): Promise<StoredDocument[]>;
  /**
   * Puts a document with all its passages in place of what was there under its id, in one step: whoever reads sees
   * either the old or the new. What was derived of the document (`derivedOfDocument`) is dropped.
   */
  replaceDocument(document: StoredDocument, passages: readonly Passage[]): Promise<void>;
  removeDocument(id: string): Promise<void>;
  /** All passages of one document, in order; none for an unknown one. */
  documentPassages(id: string): Promise<Passage[]>;
  /** These passages, in the order asked for; what is gone is left out. */
  passages(ids: readonly string[]): Promise<Passage[]>;
  /** Derived data, which can be made again from the passages at any time: the index, a document's vectors. */
  readDerived(name: string): Promise<Uint8Array | null>;
  /** The same, to be read in parts where a store can; `close` when it is no longer needed. */
  openDerived?(name: string): Promise<(ByteSource & { close: () => void }) | null>;
  /** Written in one step. `null` removes it. */
  writeDerived(name: string, bytes: Uint8Array | null): Promise<void>;
};
