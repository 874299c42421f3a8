import type { Place } from "../ingest/document.ts";

/** A sentence within its passage: `[start, end)` in UTF-16 units of the passage's text, and where it begins. */
export type Sentence = { start: number; end: number; place: Place };

/** What is found and quoted: some sentences of one document, in their own words and under one heading. */
export type Passage = {
  /** `<document>:<position>`, the same as long as the document's file is. */
  id: string;
  documentId: string;
  /** Counted from 0 within the document. */
  position: number;
  /** The headings above it, outermost first, parted by ` › `; empty where there are none. */
  section: string;
  /** Where its text begins in the document's normalised text. */
  start: number;
  text: string;
  sentences: Sentence[];
};

export function passageId(documentId: string, position: number): string {
  return `${documentId}:${position}`;
}

/** The document and position that an id names; null for what is no id of ours. */
export function parsePassageId(id: string): { documentId: string; position: number } | null {
  const [, documentId, position] = /^(.+):(\d{1,9})$/.exec(id) ?? [];
  return documentId && position ? { documentId, position: Number(position) } : null;
}
