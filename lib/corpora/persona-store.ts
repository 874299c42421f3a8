import { randomInt } from "node:crypto";
import { derivedOfDocument, type Passage, PersonaError, type PersonaStore, type StoredDocument } from "#lib/personas";
import { type Database, type Query, sqlState } from "#lib/platform/db";
import type { Objects } from "./objects.ts";

const INSERTED_AT_ONCE = 200;
const READ_AT_ONCE = 1_000;
const FOREIGN_KEY_VIOLATION = "23503";

type PassageRow = Omit<Passage, "id" | "documentId"> & { documentId: string };
type Options = { db: Database; objects: Objects };

/**
 * The corpus of one persona in the database, its index in the storage. Whoever makes one has found the persona in the
 * organization that asks. Passages are written in small statements under a version that nobody reads yet, and count from
 * the one statement that names it: neither a reader nor the embedded database's other callers wait for a book.
 */
export function createPersonaStore({ db, objects }: Options, persona: { id: string; slug: string }): PersonaStore {
  const { id: personaId, slug: avatar } = persona;

  async function changed(query: Query): Promise<void> {
    const rows = await query("update persona set revision = revision + 1 where id = $1 returning id", [personaId]);
    if (rows.length === 0) throw new Error("the persona was deleted");
  }

  async function dropDerived(query: Query, name: string): Promise<void> {
    const rows = await query<{ key: string }>(
      "delete from persona_derived where persona_id = $1 and name = $2 returning object_key as key",
      [personaId, name],
    );
    await objects.release(
      query,
      rows.map(({ key }) => key),
    );
  }

  async function insertPassages(documentId: string, version: number, passages: readonly Passage[]): Promise<void> {
    for (let from = 0; from < passages.length; from += INSERTED_AT_ONCE) {
      const rows = passages
        .slice(from, from + INSERTED_AT_ONCE)
        .map(({ position, section, start, text, sentences }) => ({
          position,
          section: storable(section),
          start,
          text: storable(text),
          sentences,
        }));
      await db.query(
        `insert into persona_passage (persona_id, document_id, version, position, section, start, text, sentences)
         select $1, $2, $3, r.* from jsonb_to_recordset($4::jsonb)
           as r(position int, section text, start int, text text, sentences jsonb)`,
        [personaId, documentId, version, asJson(rows)],
      );
    }
  }

  const store: PersonaStore = {
    async revision() {
      const [row] = await db.query<{ revision: string }>(
        `select p.revision || coalesce(string_agg(' ' || d.object_key, '' order by d.name), '') as revision
         from persona p left join persona_derived d on d.persona_id = p.id and d.name in ('index', 'vectors-made')
         where p.id = $1 group by p.id`,
        [personaId],
      );
      return row?.revision ?? "gone";
    },

    async documents() {
      const rows = await db.query<{ facts: StoredDocument }>(
        "select facts from persona_document where persona_id = $1 order by place",
        [personaId],
      );
      return rows.map(({ facts }) => facts);
    },

    async replaceDocument(document, passages) {
      const version = randomInt(2 ** 47);
      await insertPassages(document.id, version, passages);
      await db.transaction(async (query) => {
        await changed(query);
        await query(
          `insert into persona_document (persona_id, id, place, version, facts)
           select $1, $2, coalesce(max(place), 0) + 1, $3, $4 from persona_document where persona_id = $1
           on conflict (persona_id, id) do update set version = excluded.version, facts = excluded.facts`,
          [personaId, document.id, version, asJson(document)],
        );
        for (const name of derivedOfDocument(document.id)) await dropDerived(query, name);
      });
      await db.query("delete from persona_passage where persona_id = $1 and document_id = $2 and version <> $3", [
        personaId,
        document.id,
        version,
      ]);
    },

    async removeDocument(id) {
      await db.transaction(async (query) => {
        const removed = await query("delete from persona_document where persona_id = $1 and id = $2 returning id", [
          personaId,
          id,
        ]);
        if (removed.length > 0) await changed(query);
        for (const name of derivedOfDocument(id)) await dropDerived(query, name);
      });
      await db.query("delete from persona_passage where persona_id = $1 and document_id = $2", [personaId, id]);
    },

    async documentPassages(id) {
      const found: Passage[] = [];
      for (;;) {
        const rows = await db.query<PassageRow>(
          `select ${PASSAGE} from persona_passage p join persona_document d using (persona_id, version)
           where persona_id = $1 and d.id = $2 and p.document_id = d.id and p.position >= $3 order by position limit $4`,
          [personaId, id, found.length, READ_AT_ONCE],
        );
        for (const row of rows) found.push(passage(row));
        if (rows.length < READ_AT_ONCE) return found;
      }
    },

    async passages(ids) {
      const places = ids.flatMap((id) => {
        const [, documentId, position] = /^(.+):(\d{1,9})$/.exec(id) ?? [];
        return documentId && !documentId.includes("\0") ? [{ documentId, position: Number(position) }] : [];
      });
      const rows = await db.query<PassageRow>(
        `select ${PASSAGE} from unnest($2::text[], $3::int[]) with ordinality as asked(document_id, position, n)
         join persona_document d on d.persona_id = $1 and d.id = asked.document_id
         join persona_passage p on p.persona_id = $1 and p.document_id = d.id and p.version = d.version
           and p.position = asked.position
         order by asked.n`,
        [personaId, places.map(({ documentId }) => documentId), places.map(({ position }) => position)],
      );
      return rows.map(passage);
    },

    async readDerived(name) {
      // An object that is replaced between the two reads is found by its new key.
      for (let seen = "", key = await keyOf(name); key !== seen; key = await keyOf(name)) {
        const bytes = key === "" ? null : await objects.get(key);
        if (bytes) return bytes;
        seen = key;
      }
      return null;
    },

    async writeDerived(name, bytes) {
      if (!bytes) return db.transaction((query) => dropDerived(query, name));
      const key = await objects.put(personaId, "derived", bytes);
      await db.transaction(async (query) => {
        await dropDerived(query, name);
        await query("insert into persona_derived (persona_id, name, object_key, bytes) values ($1, $2, $3, $4)", [
          personaId,
          name,
          key,
          bytes.length,
        ]);
        await objects.claim(query, key);
      });
    },
  };

  async function keyOf(name: string): Promise<string> {
    const [row] = await db.query<{ key: string }>(
      "select object_key as key from persona_derived where persona_id = $1 and name = $2",
      [personaId, name],
    );
    return row?.key ?? "";
  }

  return Object.fromEntries(
    Object.entries(store).map(([name, run]) => [
      name,
      (...given: never[]) => (run as (...given: never[]) => Promise<unknown>)(...given).catch(unavailable),
    ]),
  ) as unknown as PersonaStore;

  function unavailable(cause: unknown): never {
    const gone = sqlState(cause) === FOREIGN_KEY_VIOLATION;
    const reason = gone ? "it was deleted" : cause instanceof Error ? cause.message : String(cause);
    throw new PersonaError("store_unavailable", { avatar, reason }, { cause });
  }
}

const PASSAGE = `p.document_id as "documentId", p.position, p.section, p.start, p.text, p.sentences`;

function passage({ documentId, ...rest }: PassageRow): Passage {
  return { id: `${documentId}:${rest.position}`, documentId, ...rest };
}

/** PostgreSQL's text holds no null character, and its JSON no half of a pair; offsets stay as they are. */
function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

function asJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "string" ? storable(one) : one));
}
