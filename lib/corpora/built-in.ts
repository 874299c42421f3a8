import { createHash } from "node:crypto";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { newId } from "#lib/platform/ids";
import type { Objects } from "./objects.ts";
import { PUT_SOURCE } from "./source-rows.ts";

/** A page that the built-in persona answers from. */
export type BuiltInFile = { fileName: string; title: string; url: string; bytes: Uint8Array };

const KIND = "docs";
const PERSONA = {
  slug: "avtrz-docs",
  name: "Avtrz documentation",
  description: "The pages of /docs: what this program does, how it is used and run.",
  config: { voice: "first-person", expertise: ["avatars", "HTTP API", "MCP", "self-hosting"] },
};

type Kept = { id: string; fileName: string; sha256: string; title: string; url: string | null; key: string };
type Wanted = BuiltInFile & { sha256: string };

/**
 * The persona that comes with the program: one for the whole installation, asked by every workspace and changed by none,
 * so that there is somebody to ask before anybody added a file.
 */
export function createBuiltIn(options: { db: Database; clock: Clock; objects: Objects; wake: () => void }) {
  const { db, clock, objects, wake } = options;

  /** Finds or makes it; of processes that start at once, one does. */
  async function personaId(): Promise<string> {
    const { slug, name, description, config } = PERSONA;
    const find = () =>
      db.query<{ id: string }>(
        "select id from persona where built_in = $1 and slug = $2 and name = $3 and description = $4 and config = $5",
        [KIND, slug, name, description, JSON.stringify(config)],
      );
    let [row] = await find();
    row ??= (
      await db.query<{ id: string }>(
        `insert into persona (id, slug, name, description, config, built_in, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (built_in) do update set slug = excluded.slug, name = excluded.name,
           description = excluded.description, config = excluded.config returning id`,
        [newId("per", clock.now()), slug, name, description, JSON.stringify(config), KIND, new Date(clock.now())],
      )
    )[0];
    if (!row) throw new Error("the built-in persona was not made");
    return row.id;
  }

  const keptOf = (query: Query, id: string) =>
    query<Kept>(
      `select id, file_name as "fileName", sha256, title, url, object_key as key from persona_source where persona_id = $1`,
      [id],
    );

  /**
   * Has it answer from these pages and no others. What is unchanged is left as it is, so that a start that brings nothing
   * new does nothing; a page that changed is read anew behind the scenes, and its old text answers until then.
   * Returns whether anything was changed. Throws AppError `storage_unavailable`, `database_unavailable`.
   */
  return async function keepBuiltIn(files: readonly BuiltInFile[]): Promise<boolean> {
    const wanted = files.map((file): Wanted => ({ ...file, sha256: digestOf(file.bytes) }));
    const id = await personaId();
    const before = await keptOf(db.query, id);
    if (changesBetween(before, wanted).length === 0 && goneFrom(before, wanted).length === 0) return false;
    const keys = new Map<string, string>();
    for (const { fileName, bytes } of changesBetween(before, wanted))
      keys.set(fileName, await objects.put(id, "sources", bytes));
    const changed = await db.transaction(async (query) => {
      await query("select id from persona where id = $1 for no key update", [id]);
      const kept = await keptOf(query, id);
      const changes = changesBetween(kept, wanted).filter(({ fileName }) => keys.has(fileName));
      for (const [at, file] of changes.entries())
        await put(query, id, file, { key: keys.get(file.fileName) as string, kept, at: clock.now() + at });
      const gone = goneFrom(kept, wanted);
      if (gone.length > 0) {
        await query("delete from persona_source where persona_id = $1 and id = any($2)", [
          id,
          gone.map((one) => one.id),
        ]);
        // By this the worker knows that there is something to remove.
        await query("update persona set revision = revision + 1 where id = $1", [id]);
        await objects.release(
          query,
          gone.map(({ key }) => key),
        );
      }
      return changes.length + gone.length > 0;
    });
    if (changed) wake();
    return changed;
  };

  /** Pages are listed by their ids, which are as old as `at`. */
  async function put(
    query: Query,
    id: string,
    { fileName, title, url, bytes, sha256 }: Wanted,
    { key, kept, at }: { key: string; kept: readonly Kept[]; at: number },
  ): Promise<void> {
    const old = kept.find((one) => one.fileName === fileName);
    const sourceId = old?.id ?? newId("src", at);
    const values = [fileName, bytes.length, sha256, key, title, [PERSONA.name], null, "guide", url];
    await query(PUT_SOURCE, [id, sourceId, ...values, "operator", new Date(at)]);
    await objects.claim(query, key);
    if (old) await objects.release(query, [old.key]);
  }
}

function changesBetween(kept: readonly Kept[], wanted: readonly Wanted[]): Wanted[] {
  return wanted.filter((file) => {
    const old = kept.find(({ fileName }) => fileName === file.fileName);
    return old?.sha256 !== file.sha256 || old.title !== file.title || old.url !== file.url;
  });
}

function goneFrom(kept: readonly Kept[], wanted: readonly Wanted[]): Kept[] {
  const names = new Set(wanted.map(({ fileName }) => fileName));
  return kept.filter(({ fileName }) => !names.has(fileName));
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
