import {
  type AvatarConfig,
  type Passage,
  parseConfig,
  type Sentence,
  type StoredDocument,
  splitSentences,
} from "../../../../lib/personas/index.ts";

/** A row of avatar_documents. `metadata` is ours; corpora that the original made have none. */
export type DocumentRow = {
  id: string;
  title: string;
  authors: string[] | null;
  year: number | null;
  document_type: string | null;
  url: string | null;
  processed: boolean | null;
  chunk_count: number | null;
  updated_at: string | null;
  metadata?: Partial<Facts> | null;
};
type Facts = Pick<
  StoredDocument,
  "format" | "status" | "message" | "digest" | "pages" | "words" | "passages" | "type"
> & {
  source_id: string;
};

export type ChunkRow = {
  content: string;
  source_page: number | null;
  source_chapter: string | null;
  chunk_index: number | null;
  metadata: { start?: number; sentences?: Sentence[]; digest?: string | null } | null;
};

export type AvatarRow = {
  id: string;
  name: string;
  description: string | null;
  expertise: string[] | null;
  birth_year: number | null;
  death_year: number | null;
  corpus_description: string | null;
  corpus_date_start: string | null;
  corpus_date_end: string | null;
  system_prompt: Record<string, unknown> | null;
};

const TYPES = ["book", "paper", "speech", "interview", "article", "letter", "textbook", "guide", "lecture"];

/** Under which id a document is known here: that of its source, or the row's own. */
export const documentId = (row: DocumentRow): string => row.metadata?.source_id ?? row.id;

export function documentOf(row: DocumentRow, words: number): StoredDocument {
  const { metadata } = row;
  const passages = metadata?.passages ?? row.chunk_count ?? 0;
  const read = passages > 0;
  return {
    id: documentId(row),
    title: row.title,
    authors: row.authors ?? [],
    year: row.year,
    type: metadata?.type ?? row.document_type,
    url: row.url,
    format: metadata?.format ?? null,
    status: metadata?.status ?? (read ? "ready" : "missing"),
    message: metadata?.message ?? (read || metadata?.status ? null : "It was not processed yet."),
    // What changes with the chunks of a row that has no digest.
    digest: metadata?.source_id ? (metadata.digest ?? null) : `${row.updated_at} ${passages}`,
    pages: metadata?.pages ?? null,
    words: metadata?.words ?? words,
    passages,
  };
}

export function rowOfDocument({ id, title, authors, year, url, type, ...facts }: StoredDocument) {
  const { format, status, message, digest, pages, words, passages } = facts;
  const metadata: Facts = { source_id: id, format, status, message, digest, pages, words, passages, type };
  const document_type = type && TYPES.includes(type) ? type : null;
  return { title, authors, year, url, document_type, processed: status === "ready", metadata };
}

export function rowOfPassage(passage: Passage, digest: string | null) {
  return {
    content: passage.text,
    source_page: passage.sentences[0]?.place.page ?? null,
    source_chapter: passage.section || null,
    chunk_index: passage.position,
    metadata: { start: passage.start, sentences: passage.sentences, digest },
  };
}

/** `position` counts within the document, whatever the row's own numbers are. */
export function passageOf(documentId: string, position: number, row: ChunkRow): Passage {
  const text = row.content;
  const place = { page: row.source_page, label: null, location: null };
  return {
    id: `${documentId}:${position}`,
    documentId,
    position,
    section: row.source_chapter ?? "",
    start: row.metadata?.start ?? 0,
    text,
    sentences: row.metadata?.sentences ?? splitSentences(text).map(([start, end]) => ({ start, end, place })),
  };
}

/** The config.json that a row of avatars stands for. Throws PersonaError `broken_config`. */
export function configOf(row: AvatarRow): AvatarConfig {
  const config = {
    id: row.id,
    name: row.name,
    description: row.description ?? "",
    expertise: row.expertise ?? [],
    ...(row.birth_year !== null && { birthYear: row.birth_year }),
    ...(row.death_year !== null && { deathYear: row.death_year }),
    corpus: {
      description: row.corpus_description ?? "",
      dateRange: {
        ...(row.corpus_date_start && { start: row.corpus_date_start }),
        ...(row.corpus_date_end && { end: row.corpus_date_end }),
      },
      sources: [],
    },
    systemPrompt: row.system_prompt ?? {},
  };
  return parseConfig(JSON.stringify(config), "its row in avatars").config;
}

export function rowOfConfig(config: AvatarConfig): AvatarRow {
  const day = (date: string | undefined) => (date ? date.padEnd(10, "-01").slice(0, 10) : null);
  return {
    id: config.id,
    name: config.name,
    description: config.description,
    expertise: config.expertise,
    birth_year: config.birthYear ?? null,
    death_year: config.deathYear ?? null,
    corpus_description: config.corpus?.description ?? null,
    corpus_date_start: day(config.corpus?.dateRange?.start),
    corpus_date_end: day(config.corpus?.dateRange?.end),
    system_prompt: config.systemPrompt ?? {},
  };
}
