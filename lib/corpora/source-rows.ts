import type { StoredDocument } from "#lib/personas";
import type { Source } from "./sources.ts";

const FAILED = "Reading this file failed several times. Save it anew or split it, then add it again.";

export type SourceRow = Omit<Source, "status" | "message" | "words" | "passages" | "createdAt"> & {
  state: "waiting" | "done" | "failed";
  attempts: number;
  facts: StoredDocument | null;
  createdAt: Date;
};

/** With the persona's id. */
export const LIST_SOURCES = `
select s.id, s.title, s.file_name as "fileName", s.bytes, s.authors, s.year, s.type, s.url, s.state, s.attempts, s.page,
  s.pages, s.created_at as "createdAt", d.facts
from persona_source s left join persona_document d on d.persona_id = s.persona_id and d.id = s.id
where s.persona_id = $1`;

/** Puts a file in place of what was there under its id, to be read. */
export const PUT_SOURCE = `
insert into persona_source (persona_id, id, file_name, bytes, sha256, object_key, title, authors, year, type, url, state,
  added_by, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', $12, $13)
on conflict (persona_id, id) do update set bytes = excluded.bytes, sha256 = excluded.sha256,
  object_key = excluded.object_key, title = excluded.title, authors = excluded.authors, year = excluded.year,
  type = excluded.type, url = excluded.url, state = 'waiting', attempts = 0, page = null, pages = null,
  added_by = excluded.added_by`;

export function sourceOf({ state, attempts, facts, createdAt, ...row }: SourceRow): Source {
  const waiting = attempts > 0 ? "reading" : "waiting";
  const status = state === "done" ? (facts?.status ?? "waiting") : state === "failed" ? "failed" : waiting;
  return {
    ...row,
    status,
    message: state === "failed" ? FAILED : state === "done" ? (facts?.message ?? null) : null,
    pages: row.pages ?? facts?.pages ?? null,
    words: facts?.words ?? 0,
    passages: facts?.passages ?? 0,
    createdAt: createdAt.toISOString(),
  };
}
