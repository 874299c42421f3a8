/** Where a stretch of text stands, as a citation shows it. All null where the format does not say. */
export type Place = {
  /** Counted from 1: the physical page of a PDF, the printed page of an EPUB. */
  readonly page: number | null;
  /** The number printed on the page: `iv`, `12`. */
  readonly label: string | null;
  /** A time (`12:34`) or another place within a work without pages. */
  readonly location: string | null;
};

export const NOWHERE: Place = { page: null, label: null, location: null };

/** A stretch of text that stands in one place. */
export type Run = { text: string; place: Place };

/** What every reader makes of its format. A paragraph may run over a page break, so it is made of runs. */
export type Block = { kind: "heading"; level: number; text: string } | { kind: "paragraph"; runs: Run[] };

export type ReadDocument = {
  blocks: Block[];
  /** Pages of the file, empty ones too; null where it has none. */
  pages: number | null;
  title?: string;
};

export function paragraph(text: string, place: Place = NOWHERE): Block {
  return { kind: "paragraph", runs: [{ text, place }] };
}

/** How a source fared. Only `ready` has passages. */
export const DOCUMENT_STATUSES = [
  "ready",
  "missing",
  "unsupported",
  "too_large",
  "encrypted",
  "scanned",
  "empty",
  "broken",
  "skipped",
] as const;
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

/** A file that has no text for us, and why. */
export class UnreadableDocument extends Error {
  readonly status: DocumentStatus;

  /** `sentence` is shown to whoever added the file. */
  constructor(status: DocumentStatus, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = "UnreadableDocument";
    this.status = status;
  }
}
