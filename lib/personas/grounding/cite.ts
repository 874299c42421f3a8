import type { Passage } from "../passages/passage.ts";
import type { StoredDocument } from "../store/store.ts";

/** A verbatim quote and where it stands. */
export type Citation = {
  /** The title of the work. */
  source: string;
  /** The physical page of a PDF, the printed one of an EPUB; null where there are none. */
  page: number | null;
  /** The number printed on the page, where it differs from `page` too. */
  page_label: string | null;
  /** Heading and paragraph, or a time, where there are no pages. */
  location: string | null;
  quote: string;
  year: number | null;
  document_id: string;
  passage_id: string;
};

/** Cites `[start, end)` of a passage's text, as it stands there. */
export function cite(passage: Passage, document: StoredDocument | undefined, start: number, end: number): Citation {
  const sentence = passage.sentences.findLast((each) => each.start <= start) ?? passage.sentences[0];
  const place = sentence?.place ?? { page: null, label: null, location: null };
  return {
    source: document?.title ?? passage.documentId,
    page: place.page,
    page_label: place.label,
    location: locationOf(passage.section, place),
    quote: passage.text.slice(start, end),
    year: document?.year ?? null,
    document_id: passage.documentId,
    passage_id: passage.id,
  };
}

export function locationOf(
  section: string,
  place: { page: number | null; label: string | null; location: string | null },
): string | null {
  const parts = [section, place.location].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : null;
}

/** `Common Sense, p. 6`, as it stands in a text. */
export function shortReference({ source, page, page_label: label, location }: Citation): string {
  if (page !== null || label !== null) return `${source}, p. ${label ?? page}`;
  return location ? `${source}, ${location}` : source;
}
