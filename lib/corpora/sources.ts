import { createHash } from "node:crypto";
import path from "node:path";
import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import type { DocumentStatus, PersonaStore } from "#lib/personas";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import { type Asker, actorOfAsker, requireAsker } from "./asker.ts";
import type { Objects } from "./objects.ts";
import type { createPersonas, PersonaRow } from "./personas.ts";
import { LIST_SOURCES, PUT_SOURCE, type SourceRow, sourceOf } from "./source-rows.ts";

export const MAX_SOURCE_BYTES = 64 * 1024 * 1024;
const MOST_SOURCES = 2_000;

/** `waiting`: not begun; `reading`: under way; `failed`: reading it ended the process that read it, again and again. */
export type SourceStatus = "waiting" | "reading" | "failed" | DocumentStatus;

export type Source = {
  id: string;
  title: string;
  fileName: string;
  bytes: number;
  authors: string[];
  year: number | null;
  type: string | null;
  url: string | null;
  status: SourceStatus;
  /** Why it has no text, for whoever added it; null when all is well. */
  message: string | null;
  /** While it is read: how far. */
  page: number | null;
  pages: number | null;
  words: number;
  passages: number;
  createdAt: string;
};

/** What its owner says of a file. Title and author are the file's name and the persona where they are not given. */
export type NewSource = {
  fileName: string;
  title?: string | undefined;
  authors?: readonly string[] | undefined;
  year?: number | null | undefined;
  type?: string | null | undefined;
  url?: string | null | undefined;
};

/** The files of personas. Owners, admins and secret keys change them, members see them. */
export function createSources(options: {
  db: Database;
  clock: Clock;
  objects: Objects;
  personas: Pick<ReturnType<typeof createPersonas>, "find" | "findOwn">;
  storeOf: (persona: PersonaRow) => PersonaStore;
  /** Tells the worker that there is something to read. */
  wake: () => void;
}) {
  const { db, clock, objects, personas, storeOf, wake } = options;

  async function list(personaId: string, id?: string): Promise<Source[]> {
    const rows = await db.query<SourceRow>(
      `${LIST_SOURCES}${id ? " and s.id = $2" : ""} order by s.id`,
      id ? [personaId, id] : [personaId],
    );
    return rows.map(sourceOf);
  }

  return {
    /** In the order in which they were added. Throws AppError `persona_not_found`, `organization_not_found`. */
    async sources(asker: Asker, organizationId: string, personaId: string): Promise<Source[]> {
      await requireAsker(db.query, organizationId, asker, "member");
      return list((await personas.find(organizationId, personaId)).id);
    },

    /**
     * Gives a persona a file, to be read behind the scenes. One of the same name is replaced, and until the new one is
     * read the old one answers; the same file again changes nothing (`added` false).
     * Throws AppError `role_too_low`, `persona_not_found`, `persona_built_in`, `file_too_large`, `persona_invalid`,
     * `storage_unavailable`.
     */
    async addSource(
      asker: Asker,
      organizationId: string,
      personaId: string,
      wanted: NewSource,
      bytes: Uint8Array,
    ): Promise<{ source: Source; added: boolean }> {
      await requireAsker(db.query, organizationId, asker, "admin");
      const persona = await personas.findOwn(organizationId, personaId);
      const facts = factsOf(wanted, persona.config.name);
      if (bytes.length > MAX_SOURCE_BYTES)
        throw new AppError("file_too_large", {
          fields: { file: facts.fileName, size: megabytes(bytes.length), limit: megabytes(MAX_SOURCE_BYTES) },
        });
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const kept = await same(persona.id, facts, sha256);
      if (kept) return { source: kept, added: false };
      const key = await objects.put(persona.id, "sources", bytes);
      const id = await db.transaction(async (query) => {
        // Two uploads of one persona wait for each other, so that each sees what the last one left.
        await query("select id from persona where id = $1 for no key update", [persona.id]);
        const [before] = await query<{ id: string; key: string }>(
          "select id, object_key as key from persona_source where persona_id = $1 and file_name = $2",
          [persona.id, facts.fileName],
        );
        const [{ count = 0 } = {}] = await query<{ count: number }>(
          "select count(*)::int as count from persona_source where persona_id = $1",
          [persona.id],
        );
        if (!before && count >= MOST_SOURCES)
          throw new AppError("persona_invalid", {
            fields: { problem: `it has ${MOST_SOURCES} sources, which is the most` },
          });
        const sourceId = before?.id ?? newId("src", clock.now());
        const { fileName, title, authors, year, type, url } = facts;
        await query(PUT_SOURCE, [
          persona.id,
          sourceId,
          fileName,
          bytes.length,
          sha256,
          key,
          title,
          authors,
          year,
          type,
          url,
          actorOfAsker(asker),
          new Date(clock.now()),
        ]);
        await objects.claim(query, key);
        if (before) await objects.release(query, [before.key]);
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOfAsker(asker),
          action: "persona.add_source",
          target: persona.id,
          detail: { source: sourceId, file: fileName, bytes: bytes.length },
        });
        return sourceId;
      });
      wake();
      const [source] = await list(persona.id, id);
      if (!source) throw new AppError("source_not_found", { fields: { id } });
      return { source, added: true };
    },

    /** Takes a file and all that was made of it away. Throws AppError `role_too_low`, `source_not_found`. */
    async removeSource(viewer: Viewer, organizationId: string, personaId: string, id: string): Promise<void> {
      const persona = await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        const persona = await personas.findOwn(organizationId, personaId, query);
        const [removed] = await query<{ key: string; file: string }>(
          "delete from persona_source where persona_id = $1 and id = $2 returning object_key as key, file_name as file",
          [persona.id, id],
        );
        if (!removed)
          throw new AppError("source_not_found", { fields: { id: id.slice(0, 60).replace(/[^\w-]/g, "?") } });
        // By this the worker knows that the index is to be made anew, and removes what cannot be removed here.
        await query("update persona set revision = revision + 1 where id = $1", [persona.id]);
        await objects.release(query, [removed.key]);
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOf(viewer),
          action: "persona.remove_source",
          target: persona.id,
          detail: { source: id, file: removed.file },
        });
        return persona;
      });
      await storeOf(persona).removeDocument(id);
      wake();
    },

    /** Has all files read again; with the same outcome, unless the program reads better than it did. */
    async processAgain(viewer: Viewer, organizationId: string, personaId: string): Promise<void> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const persona = await personas.findOwn(organizationId, personaId);
      await db.query("update persona_source set state = 'waiting', attempts = 0, page = null where persona_id = $1", [
        persona.id,
      ]);
      await db.query("update persona set indexed_revision = -1 where organization_id = $1 and id = $2", [
        organizationId,
        persona.id,
      ]);
      wake();
    },
  };

  /** The source that a file is already: of the same name with the same facts, or of another name. */
  async function same(
    personaId: string,
    facts: ReturnType<typeof factsOf>,
    sha256: string,
  ): Promise<Source | undefined> {
    const [row] = await db.query<{ id: string }>(
      `select id from persona_source where persona_id = $1 and sha256 = $3 and state <> 'failed'
         and (file_name <> $2 or (title = $4 and authors = $5 and year is not distinct from $6::smallint
           and type is not distinct from $7::text and url is not distinct from $8::text))
       order by file_name = $2 desc limit 1`,
      [personaId, facts.fileName, sha256, facts.title, facts.authors, facts.year, facts.type, facts.url],
    );
    return row && (await list(personaId, row.id))[0];
  }
}

function factsOf(wanted: NewSource, author: string) {
  const fileName = oneLine(path.basename(wanted.fileName.replaceAll("\\", "/")), 200);
  if (!fileName) throw new AppError("persona_invalid", { fields: { problem: "the file has no name" } });
  const fromName =
    fileName
      .replace(/\.\w{1,8}$/, "")
      .replace(/[_\s]+/g, " ")
      .trim() || fileName;
  const authors = (wanted.authors ?? []).map((one) => oneLine(one, 100)).filter(Boolean);
  const { year = null } = wanted;
  if (year !== null && (!Number.isInteger(year) || Math.abs(year) > 9_999))
    throw new AppError("persona_invalid", { fields: { problem: "the year is no year" } });
  return {
    fileName,
    title: oneLine(wanted.title ?? "", 300) || fromName,
    authors: authors.length > 0 ? authors : [author],
    year,
    type: oneLine(wanted.type ?? "", 40) || null,
    url: oneLine(wanted.url ?? "", 2_000) || null,
  };
}

function oneLine(text: string, most: number): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")
    .trim()
    .slice(0, most);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`;
}
