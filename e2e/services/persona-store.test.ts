import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createObjects, createPersonaStore } from "../../lib/corpora/index.ts";
import { createFolderStore } from "../../lib/personas/index.ts";
import { systemClock } from "../../lib/platform/clock.ts";
import { type Database, openDatabase } from "../../lib/platform/db.ts";
import { newId } from "../../lib/platform/ids.ts";
import { createDiskStorage } from "../../lib/platform/storage.ts";
import { document, keepsToTheContract, passagesOf } from "../support/persona-store-contract.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "avtrz-store-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("a folder", () => keepsToTheContract(() => createFolderStore(path.join(directory, "folder"), "ann-lee")));

describe("the database", () => {
  let db: Database;
  const persona = { id: newId("per", Date.now()), slug: "ann-lee" };
  const organizationId = newId("org", Date.now());
  const parts = () => {
    const storage = createDiskStorage(path.join(directory, "objects"));
    return { db, storage, objects: createObjects({ db, clock: systemClock, storage }) };
  };
  const open = () => createPersonaStore(parts(), persona);
  beforeAll(async () => {
    db = openDatabase(inject("databaseUrl"));
    await db.query("insert into organization (id, name) values ($1, 'Test')", [organizationId]);
    await db.query("insert into persona (id, organization_id, slug, name) values ($1, $2, $3, 'Ann Lee')", [
      persona.id,
      organizationId,
      persona.slug,
    ]);
  });
  afterAll(() => db.close());

  keepsToTheContract(open);

  test("what PostgreSQL cannot hold keeps neither a document out nor shifts an offset", async () => {
    const store = open();
    const text = "a\0b \ud800 c";
    await store.replaceDocument(document("odd", { title: "t\0" }), passagesOf("odd", [text]));
    const [kept] = await store.documentPassages("odd");
    expect([kept?.text, kept?.sentences[0]?.end]).toEqual(["a\uFFFDb \uFFFD c", text.length]);
    expect((await store.documents()).find(({ id }) => id === "odd")?.title).toBe("t\uFFFD");
    await store.removeDocument("odd");
  });

  test("passages of a write that was broken off are read by nobody and removed by the next", async () => {
    const store = open();
    await store.replaceDocument(document("half"), passagesOf("half", ["Old."]));
    await db.query(
      `insert into persona_passage (persona_id, document_id, version, position, section, start, text, sentences)
       values ($1, 'half', 1, 0, '', 0, 'Never finished.', '[]')`,
      [persona.id],
    );
    expect((await store.documentPassages("half")).map(({ text }) => text)).toEqual(["Old."]);
    await store.replaceDocument(document("half"), passagesOf("half", ["New."]));
    const rows = await db.query("select text from persona_passage where document_id = 'half'");
    expect(rows).toEqual([{ text: "New." }]);
  });

  test("a workspace that is deleted takes everything with it, files included", async () => {
    const store = open();
    const { storage, objects } = parts();
    await store.replaceDocument(document("last"), passagesOf("last", ["One."]));
    await store.writeDerived("index", new Uint8Array([1, 2, 3]));
    const [row] = await db.query<{ key: string }>(
      "select object_key as key from persona_derived where name = 'index' and persona_id = $1",
      [persona.id],
    );
    expect(await storage.get(`${row?.key}/bytes`)).not.toBeNull();
    await db.query("delete from organization where id = $1", [organizationId]);
    expect(await objects.sweep()).toBeGreaterThan(0);
    expect(await storage.get(`${row?.key}/bytes`)).toBeNull();
    for (const table of ["persona_document", "persona_passage", "persona_derived"])
      expect(await db.query(`select 1 from ${table} where persona_id = $1`, [persona.id])).toEqual([]);
    await expect(store.replaceDocument(document("late"), [])).rejects.toMatchObject({ code: "store_unavailable" });
    await expect(store.writeDerived("index", new Uint8Array([4]))).rejects.toMatchObject({ code: "store_unavailable" });
    expect(await store.revision()).toBe("gone");
  });
});
