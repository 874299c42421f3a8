import { randomUUID } from "node:crypto";
import {
  type AvatarConfig,
  type Passage,
  PersonaError,
  type PersonaStore,
  parsePassageId,
  rebuildIndex,
} from "../../../../lib/personas/index.ts";
import { createRest } from "./rest.ts";
import {
  type AvatarRow,
  type ChunkRow,
  configOf,
  type DocumentRow,
  documentId,
  documentOf,
  passageOf,
  rowOfConfig,
  rowOfDocument,
  rowOfPassage,
} from "./rows.ts";
import type { SupabaseSettings } from "./settings.ts";

const INDEX = "index";
const CHUNKS_AT_ONCE = 1_000;
const IDS_AT_ONCE = 60;
/** Of an index, before base64. */
const PART_BYTES = 384 * 1024;
const PARTS_AT_ONCE = 6;
/** A corpus that is replaced while it is read is read again. */
const TRIES = 4;

export type SupabaseStore = PersonaStore & {
  /** What its row in avatars says; null when there is none that the key may see. */
  config: () => Promise<AvatarConfig | null>;
  /** Makes or updates that row, before anything is written. A new one may be read with the anon key. */
  prepare: (config: AvatarConfig) => Promise<void>;
};

/**
 * The corpus of one avatar in a Supabase project, in the tables of supabase.sql. Corpora that the original made are read as
 * they are. With the anon key nothing is written: an index that is made of the rows then stays in memory.
 */
export function createSupabaseStore(settings: SupabaseSettings, avatar: string): SupabaseStore {
  const rest = createRest(settings, avatar);
  const mine = { avatar_id: `eq.${avatar}` };
  /** Derived data that cannot be written to the project. */
  const memory = new Map<string, Uint8Array>();
  let written = 0;
  let made: { revision: string; bytes: Uint8Array | null } | null = null;
  /** Documents that the original made, whole: their rows are numbered as it pleased. */
  const foreign = new Map<string, { digest: string; passages: Promise<Passage[]> }>();

  const documentRows = () =>
    rest.select<DocumentRow>("avatar_documents", { select: "*", ...mine, order: "created_at.asc,id.asc" });

  async function rowOf(id: string): Promise<DocumentRow | undefined> {
    return (await documentRows()).find((row) => documentId(row) === id);
  }

  /** All of a document's rows, in order; read page by page, and again when it was replaced meanwhile. */
  async function chunksOf(row: DocumentRow): Promise<ChunkRow[]> {
    const found: ChunkRow[] = [];
    for (let last: number | null = null; ; ) {
      const rows: ChunkRow[] = await rest.select<ChunkRow>("avatar_chunks", {
        select: "content,source_page,source_chapter,chunk_index,metadata",
        ...mine,
        document_id: `eq.${row.id}`,
        ...(last === null ? {} : { chunk_index: `gt.${last}` }),
        order: "chunk_index.asc",
        limit: String(CHUNKS_AT_ONCE),
      });
      found.push(...rows);
      last = rows.at(-1)?.chunk_index ?? null;
      // How many a project sends at once is its own setting.
      if (last === null || found.length >= (row.chunk_count ?? Number.POSITIVE_INFINITY)) return found;
    }
  }

  async function ownPassages(row: DocumentRow): Promise<Passage[] | null> {
    const chunks = await chunksOf(row);
    const digests = new Set(chunks.map(({ metadata }) => metadata?.digest ?? null));
    if (digests.size > 1 || chunks.length !== (row.chunk_count ?? 0)) return null;
    return chunks.map((chunk, position) => passageOf(documentId(row), position, chunk));
  }

  function foreignPassages(row: DocumentRow): Promise<Passage[]> {
    const digest = `${row.updated_at} ${row.chunk_count}`;
    const known = foreign.get(row.id);
    if (known?.digest === digest) return known.passages;
    const passages = chunksOf(row).then((chunks) =>
      chunks.map((chunk, position) => passageOf(row.id, position, chunk)),
    );
    foreign.set(row.id, { digest, passages });
    passages.catch(() => foreign.delete(row.id));
    return passages;
  }

  async function passagesOf(wanted: string): Promise<Passage[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const row = await rowOf(wanted);
      if (!row) return [];
      const passages = row.metadata?.source_id ? await ownPassages(row) : await foreignPassages(row);
      if (passages) return passages;
    }
    throw new PersonaError("store_unavailable", { avatar, reason: `${wanted} changes faster than it is read.` });
  }

  /** Another text when the rows are others. */
  async function rowsRevision(): Promise<string> {
    const [avatars, documents] = await Promise.all([
      rest.select<{ updated_at: string }>("avatars", { select: "updated_at", id: `eq.${avatar}` }),
      // The original leaves the avatar's own row alone when it adds to its corpus.
      rest.select<Pick<DocumentRow, "id" | "updated_at" | "chunk_count">>("avatar_documents", {
        select: "id,updated_at,chunk_count",
        ...mine,
        order: "updated_at.desc,id.asc",
        limit: "1",
      }),
    ]);
    if (!avatars[0]) throw new PersonaError("store_refused", { avatar, reason: NOT_THERE });
    const { id = "", updated_at = "", chunk_count = 0 } = documents[0] ?? {};
    return [avatars[0].updated_at, id, updated_at, chunk_count].join(" ");
  }

  /** The index of a corpus that came without one, made of its rows, for as long as they are what they are. */
  async function indexOfRows(): Promise<Uint8Array | null> {
    const revision = await rowsRevision();
    if (made?.revision !== revision) {
      const taking = { ...store, writeDerived: async (_: string, bytes: Uint8Array | null) => take(bytes) };
      const take = (bytes: Uint8Array | null) => {
        made = { revision, bytes };
      };
      await rebuildIndex(taking);
    }
    return made?.bytes ?? null;
  }

  const store: SupabaseStore = {
    async config() {
      const [row] = await rest.select<AvatarRow>("avatars", { select: "*", id: `eq.${avatar}` });
      return row ? configOf(row) : null;
    },

    async prepare(config) {
      const row = rowOfConfig(config);
      await rest.insert("avatars", [{ ...row, is_official: true, is_active: true }], "ignore-duplicates");
      const { id: _, ...facts } = row;
      await rest.update("avatars", { id: `eq.${avatar}` }, facts);
    },

    revision: async () => `${await rowsRevision()} ${written}`,

    async documents() {
      const rows = await documentRows();
      return Promise.all(
        rows.map(async (row) => {
          const counted = row.metadata?.words ?? ((row.chunk_count ?? 0) === 0 ? 0 : null);
          return documentOf(row, counted ?? wordsIn(await foreignPassages(row)));
        }),
      );
    },

    async replaceDocument(document, passages) {
      await rest.call("replace_avatar_document", {
        p_avatar_id: avatar,
        p_document: storable(rowOfDocument(document)),
        p_chunks: storable(passages.map((passage) => rowOfPassage(passage, document.digest))),
      });
    },

    async removeDocument(id) {
      await rest.call("remove_avatar_document", { p_avatar_id: avatar, p_document_id: id });
    },

    documentPassages: passagesOf,

    async passages(ids) {
      const asked = ids.flatMap((id) => parsePassageId(id) ?? []).filter(({ documentId: id }) => !id.includes("\0"));
      const rows = asked.length > 0 ? await documentRows() : [];
      const byId = new Map<string, Passage>();
      const own = new Map(rows.filter((row) => row.metadata?.source_id).map((row) => [documentId(row), row.id]));
      for (const row of rows.filter(
        (one) => !one.metadata?.source_id && asked.some((each) => each.documentId === one.id),
      ))
        for (const passage of await foreignPassages(row)) byId.set(passage.id, passage);
      const wanted = asked.filter(({ documentId: id }) => own.has(id));
      const names = new Map([...own].map(([id, uuid]) => [uuid, id]));
      for (let from = 0; from < wanted.length; from += IDS_AT_ONCE) {
        const places = wanted
          .slice(from, from + IDS_AT_ONCE)
          .map(({ documentId: id, position }) => `and(document_id.eq.${own.get(id)},chunk_index.eq.${position})`);
        const found = await rest.select<ChunkRow & { document_id: string }>("avatar_chunks", {
          select: "document_id,content,source_page,source_chapter,chunk_index,metadata",
          ...mine,
          or: `(${places.join(",")})`,
        });
        for (const row of found) {
          const passage = passageOf(names.get(row.document_id) ?? row.document_id, row.chunk_index ?? 0, row);
          byId.set(passage.id, passage);
        }
      }
      return ids.flatMap((id) => byId.get(id) ?? []);
    },

    async readDerived(name) {
      const kept = memory.get(name);
      if (kept) return kept;
      for (let tries = 0; tries < TRIES; tries++) {
        const parts = await readParts(name);
        if (parts?.length === 0) return name === INDEX && !settings.mayWrite ? indexOfRows() : null;
        if (parts) return Buffer.concat(parts);
      }
      return null;
    },

    async writeDerived(name, bytes) {
      if (!settings.mayWrite) {
        written++;
        if (bytes) memory.set(name, bytes);
        else memory.delete(name);
        return;
      }
      const version = randomUUID();
      const parts = Math.ceil((bytes?.length ?? 0) / PART_BYTES);
      for (let part = 0; bytes && part < parts; part++) {
        const data = Buffer.from(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)).toString("base64");
        await rest.insert("avatar_derived", [{ avatar_id: avatar, name, version, part, parts, data }]);
      }
      await rest.call("publish_avatar_derived", { p_avatar_id: avatar, p_name: name, p_version: version });
    },
  };

  return store;

  /** The parts of one version; null when another was published meanwhile. */
  async function readParts(name: string): Promise<Buffer[] | null> {
    const found: Buffer[] = [];
    let expected = 0;
    let version = "";
    do {
      const rows = await rest
        .select<{ version: string; part: number; parts: number; data: string }>("avatar_derived", {
          select: "version,part,parts,data",
          ...mine,
          name: `eq.${name}`,
          published: "is.true",
          part: `gte.${found.length}`,
          order: "part.asc",
          limit: String(PARTS_AT_ONCE),
        })
        .catch((error: unknown) => {
          // A project that the original set up has no such table, and its corpus is read all the same.
          if (error instanceof PersonaError && error.code === "store_refused" && !settings.mayWrite) return [];
          throw error;
        });
      if (rows.length === 0) return expected === 0 ? [] : null;
      for (const row of rows) {
        version ||= row.version;
        if (row.version !== version || row.part !== found.length) return null;
        expected = row.parts;
        found.push(Buffer.from(row.data, "base64"));
      }
    } while (found.length < expected);
    return found;
  }
}

export const NOT_THERE =
  "it has no such avatar, or none that is both official and active, which is what the anon key may read.";

function wordsIn(passages: readonly Passage[]): number {
  return passages.reduce((sum, { text }) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
}

/** PostgreSQL's text holds no null character, and its JSON no half of a pair; offsets stay as they are. */
function storable<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === "string" ? one.replaceAll("\0", "\uFFFD").toWellFormed() : one,
    ),
  ) as Value;
}
