import { type Embedders, ingestSource, type PersonaStore, rebuildIndex } from "#lib/personas";
import type { Database } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";
import { createMeaningMaker } from "./make-meaning.ts";
import type { Objects } from "./objects.ts";

/** Reading a file may end the process that reads it; then it is tried again so often. */
const MAX_ATTEMPTS = 3;
const PROGRESS_EVERY_MS = 500;

type Options = {
  db: Database;
  objects: Objects;
  log: Log;
  storeOf: (persona: { id: string; slug: string }) => PersonaStore;
  /** Makes vectors too, with these. */
  embedders: Embedders | null;
  /** Runs the evaluations that wait. */
  evaluate: (personaId: string, store: PersonaStore) => Promise<void>;
};

type Waiting = {
  id: string;
  fileName: string;
  key: string;
  attempts: number;
  title: string;
  authors: string[];
  year: number | null;
  type: string | null;
  url: string | null;
};

/**
 * Reads the files of one persona that wait, one after the other, and makes its index when something changed. What was
 * done stays done, so whoever takes over from a process that died goes on behind its last file. `reader` is the lease
 * under which it works; without it, it stops. Throws AppError or PersonaError when database or storage cannot be had.
 */
export function createPersonaReader({ db, objects, log, storeOf, embedders, evaluate }: Options) {
  const makeMeaning = embedders && createMeaningMaker({ db, log, embedders });

  async function nextWaiting(personaId: string): Promise<Waiting | undefined> {
    const [row] = await db.query<Waiting>(
      `select id, file_name as "fileName", object_key as key, attempts, title, authors, year, type, url
       from persona_source where persona_id = $1 and state = 'waiting' order by id limit 1`,
      [personaId],
    );
    return row;
  }

  async function setState(personaId: string, one: Waiting, state: "done" | "failed"): Promise<void> {
    // A file that was replaced meanwhile goes on waiting.
    await db.query(
      `update persona_source set state = $4, attempts = 0, page = null
       where persona_id = $1 and id = $2 and object_key = $3 and state = 'waiting'`,
      [personaId, one.id, one.key, state],
    );
  }

  async function readSource(persona: { id: string }, store: PersonaStore, one: Waiting): Promise<void> {
    if (one.attempts >= MAX_ATTEMPTS) {
      log.error({ persona: persona.id, source: one.id }, "reading a file failed again and again and is given up");
      return setState(persona.id, one, "failed");
    }
    const bytes = await objects.get(one.key);
    // Counted before it begins: whoever dies over it can count no more.
    await db.query(
      "update persona_source set attempts = attempts + 1 where persona_id = $1 and id = $2 and object_key = $3",
      [persona.id, one.id, one.key],
    );
    const known = (await store.documents()).find(({ id }) => id === one.id);
    const file = bytes && { name: one.fileName, bytes };
    await ingestSource(store, one, file, known, progress(persona.id, one.id));
    await setState(persona.id, one, "done");
  }

  /** Tells how far a long document is, now and then; what fails is only a bar that stands still. */
  function progress(personaId: string, id: string): (page: number, pages: number) => void {
    let toldAt = 0;
    let telling = false;
    return (page, pages) => {
      if (telling || performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      [toldAt, telling] = [performance.now(), true];
      db.query("update persona_source set page = $3, pages = $4 where persona_id = $1 and id = $2", [
        personaId,
        id,
        page,
        pages,
      ])
        .catch(() => undefined)
        .finally(() => {
          telling = false;
        });
    };
  }

  /** What a source that was removed left behind. */
  async function removeLeftovers(personaId: string, store: PersonaStore): Promise<void> {
    const rows = await db.query<{ id: string }>("select id from persona_source where persona_id = $1", [personaId]);
    const wanted = new Set(rows.map(({ id }) => id));
    for (const { id } of await store.documents()) if (!wanted.has(id)) await store.removeDocument(id);
  }

  async function refreshIndex(personaId: string, store: PersonaStore): Promise<void> {
    const [row] = await db.query<{ revision: number; indexed: number }>(
      "select revision, indexed_revision as indexed from persona where id = $1",
      [personaId],
    );
    if (!row || row.indexed >= row.revision) return;
    await rebuildIndex(store);
    await db.query("update persona set indexed_revision = $2 where id = $1", [personaId, row.revision]);
  }

  return async function readPersona(personaId: string, reader: string): Promise<void> {
    const holds = async () => {
      const [row] = await db.query<{ slug: string }>("select slug from persona where id = $1 and reader_id = $2", [
        personaId,
        reader,
      ]);
      return row;
    };
    for (let row = await holds(); row; row = await holds()) {
      const persona = { id: personaId, slug: row.slug };
      const store = storeOf(persona);
      const next = await nextWaiting(personaId);
      if (next) {
        await readSource(persona, store, next);
        continue;
      }
      await removeLeftovers(personaId, store);
      await refreshIndex(personaId, store);
      await makeMeaning?.(personaId, store, async () => !(await holds()) || Boolean(await nextWaiting(personaId)));
      await evaluate(personaId, store);
      if (await letGo(personaId, reader)) return;
    }
  };

  /** Ends the lease, unless something came meanwhile: of two who look, one does it. */
  async function letGo(personaId: string, reader: string): Promise<boolean> {
    const rows = await db.query(
      `update persona p set reader_id = null, reader_until = null
       where id = $1 and reader_id = $2 and indexed_revision >= revision
         and (not $3::boolean or built_in is not null or revision = 0 or vectors_revision >= revision)
         and not exists (select from persona_source s where s.persona_id = p.id and s.state = 'waiting')
         and not exists (select from persona_evaluation e where e.persona_id = p.id and e.state = 'waiting') returning id`,
      [personaId, reader, embedders !== null],
    );
    return rows.length > 0;
  }
}
