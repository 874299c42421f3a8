import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { createObjects, createPersonaStore } from "../../lib/corpora/index.ts";
import { createDiskStorage } from "../../lib/platform/storage.ts";
import type { Services } from "../../lib/services.ts";
import { person } from "../support/person.ts";
import { bytesOf, ON_HARBOURS, ON_SALT, readyPersona } from "../support/personas.ts";
import { testServices, workspace } from "../support/services.ts";

const READER = path.join(import.meta.dirname, "../../reader.ts");

async function statuses(services: Services, organizationId: string, personaId: string) {
  const sources = await services.personas.sources("operator", organizationId, personaId);
  return Object.fromEntries(sources.map(({ fileName, status }) => [fileName, status]));
}

describe("who may", () => {
  test("members see and ask, owners and admins change, and nobody else learns that there is a persona", async () => {
    const services = await testServices();
    const { personas } = services;
    const { id } = await workspace(services);
    const other = await workspace(services);
    const [admin, member, stranger] = [
      await person(services, { [id]: "admin" }),
      await person(services, { [id]: "member" }),
      await person(services, { [other.id]: "owner" }),
    ];
    const persona = await personas.create(admin, id, { name: "Ann Lee" });
    const { source } = await personas.addSource(admin, id, persona.id, { fileName: "salt.md" }, bytesOf(ON_SALT));
    const changes = (viewer: { userId: string }, organizationId: string) => [
      personas.addSource(viewer, organizationId, persona.id, { fileName: "x.md" }, bytesOf("x")),
      personas.removeSource(viewer, organizationId, persona.id, source.id),
      personas.processAgain(viewer, organizationId, persona.id),
      personas.update(viewer, organizationId, persona.id, { name: "Eve" }),
      personas.remove(viewer, organizationId, persona.id),
    ];
    const reads = (viewer: { userId: string }, organizationId: string) => [
      personas.get(viewer, organizationId, persona.id),
      personas.sources(viewer, organizationId, persona.id),
    ];
    const codes = async (asked: Promise<unknown>[]) =>
      (await Promise.allSettled(asked)).map((one) => (one.status === "rejected" ? one.reason.code : "done"));
    expect(await codes([...changes(member, id), personas.create(member, id, { name: "Eve" })])).toEqual(
      new Array(6).fill("role_too_low"),
    );
    expect(await codes(reads(member, id))).toEqual(["done", "done"]);
    expect(await codes([...changes(stranger, id), ...reads(stranger, id), personas.list(stranger, id)])).toEqual(
      new Array(8).fill("organization_not_found"),
    );
    // Through a workspace of one's own, neither.
    expect(await codes([...changes(stranger, other.id), ...reads(stranger, other.id)])).toEqual(
      new Array(7).fill("persona_not_found"),
    );
    expect(await codes([personas.persona(other.id, persona.id), personas.persona(other.id, "ann-lee")])).toEqual([
      "persona_not_found",
      "persona_not_found",
    ]);
    expect((await personas.get(member, id, "ann-lee")).sources).toBe(1);
    const { items } = await services.audit.list(admin, id, { action: "persona" });
    expect(items.map(({ action, actor }) => [action, actor])).toEqual([
      ["persona.add_source", admin.userId],
      ["persona.create", admin.userId],
    ]);
  });

  test("a slug is made from the name and is one persona's; what cannot be a persona is refused by what is wrong", async () => {
    const { personas, ...services } = await testServices();
    const { id } = await workspace({ ...services, personas });
    const slugs = [];
    for (const name of ["Élise Müller", "Elise Muller", "李白"])
      slugs.push((await personas.create("operator", id, { name })).slug);
    expect(slugs).toEqual(["elise-muller", "elise-muller-2", "avatar"]);
    const refused = (wanted: object) => expect(personas.create("operator", id, { name: "X", ...wanted })).rejects;
    await refused({ slug: "avatar" }).toMatchObject({ code: "persona_exists" });
    await refused({ slug: "Not A Slug" }).toMatchObject({
      code: "persona_invalid",
      fields: { problem: expect.stringContaining("id:") },
    });
    await refused({ name: " \u200b " }).toMatchObject({ code: "persona_invalid" });
    await refused({ config: { voice: "opera" } }).toMatchObject({
      fields: { problem: expect.stringContaining("voice") },
    });
    await refused({ config: { notes: "a\0b" } }).toMatchObject({ code: "persona_invalid" });
    const made = await personas.create("operator", id, { name: "Poe", config: { deathYear: 1849, notes: [1] } });
    await personas.update("operator", id, made.id, { description: "A poet.", config: { voice: "first-person" } });
    expect((await personas.persona(id, "poe")).config).toMatchObject({
      name: "Poe",
      description: "A poet.",
      deathYear: 1849,
      voice: "first-person",
      notes: [1],
    });
  });
});

describe("files", () => {
  test("a persona answers from its files once they are read, and says so until then", async () => {
    const services = await testServices();
    const { id } = await workspace(services);
    const { personas } = services;
    const { id: personaId } = await personas.create("operator", id, { name: "Ann Lee" });
    const persona = await personas.persona(id, personaId);
    expect((await personas.get("operator", id, personaId)).status).toBe("empty");
    await expect(persona.answer("Is the salt tax unjust?")).rejects.toMatchObject({ code: "persona_not_ready" });
    const { source, added } = await personas.addSource(
      "operator",
      id,
      personaId,
      { fileName: "on_salt.md" },
      bytesOf(ON_SALT),
    );
    expect([added, source.status, source.title, source.authors]).toEqual([true, "waiting", "on salt", ["Ann Lee"]]);
    expect((await personas.get("operator", id, personaId)).status).toBe("reading");
    expect(await personas.readers.readNow(personaId)).toBe(true);
    expect(await personas.get("operator", id, personaId)).toMatchObject({ status: "ready", passages: 2, readable: 1 });
    const { citations } = await persona.answer("Why is the salt tax unjust?");
    expect(citations[0]).toMatchObject({ source: "on salt", document_id: source.id });
    expect((await persona.info()).document_count).toBe(1);
  });

  test("each file has a status of its own, and one that cannot be read keeps no other from being read", async () => {
    const services = await testServices();
    const { id } = await workspace(services);
    const persona = await readyPersona(services, id, {
      "broken.pdf": "%PDF-1.7 and then nothing",
      "empty.txt": "",
      "movie.mov": "\u0000\u0001",
      "salt.md": ON_SALT,
    });
    expect(await statuses(services, id, persona.id)).toEqual({
      "broken.pdf": "broken",
      "empty.txt": "empty",
      "movie.mov": "unsupported",
      "salt.md": "ready",
    });
    for (const { status, message } of await services.personas.sources("operator", id, persona.id))
      expect(message === null).toBe(status === "ready");
  });

  test("the same file again changes nothing; another of its name takes its place; one that goes takes its words with it", async () => {
    const services = await testServices();
    const { id } = await workspace(services);
    const { personas } = services;
    const { id: personaId } = await readyPersona(services, id);
    const add = (fileName: string, text: string) =>
      personas.addSource("operator", id, personaId, { fileName }, bytesOf(text));
    expect((await add("on-salt.md", ON_SALT)).added).toBe(false);
    expect((await add("a-copy.md", ON_SALT)).source.fileName).toBe("on-salt.md");
    expect(await personas.readers.readNow(personaId)).toBe(false);
    const persona = await personas.persona(id, personaId);
    const { source } = await add("on-salt.md", ON_HARBOURS);
    // Until the new one is read, the old one answers.
    expect((await persona.answer("Why is the salt tax unjust?")).citations).toHaveLength(1);
    await personas.readers.readNow(personaId);
    expect((await persona.answer("Why is the salt tax unjust?")).refusal).toBe("not_covered");
    expect((await persona.answer("Who was against the mole at Wells?")).citations[0]?.document_id).toBe(source.id);
    await personas.removeSource("operator", id, personaId, source.id);
    expect(await persona.query("mole", { threshold: 0 })).toEqual([]);
    await personas.readers.readNow(personaId);
    await expect(persona.answer("Who was against the mole?")).rejects.toMatchObject({ code: "persona_not_ready" });
    expect(await services.db.query("select 1 from persona_passage where persona_id = $1", [personaId])).toEqual([]);
  });

  test("a persona that is deleted leaves no row and no file", async () => {
    const services = await testServices();
    const { id } = await workspace(services);
    const persona = await readyPersona(services, id);
    const folder = path.join(services.config.dataDirectory, "objects/personas", persona.id);
    expect((await readdir(folder)).sort()).toEqual(["derived", "sources"]);
    await services.personas.remove("operator", id, persona.id);
    expect(existsSync(folder)).toBe(false);
    for (const table of ["persona_source", "persona_document", "persona_passage", "persona_derived"])
      expect(await services.db.query(`select 1 from ${table} where persona_id = $1`, [persona.id])).toEqual([]);
    await expect(services.personas.persona(id, persona.id)).rejects.toMatchObject({ code: "persona_not_found" });
  });
});

describe("reading", () => {
  test("of many processes that look at once, one reads; each file is read once", async () => {
    const services = await testServices();
    const { dataDirectory } = services.config;
    const others = await Promise.all([1, 2, 3].map(() => testServices({ dataDirectory })));
    const { id } = await workspace(services);
    const persona = await services.personas.create("operator", id, { name: "Ann Lee" });
    await services.personas.addSource("operator", id, persona.id, { fileName: "a.md" }, bytesOf(ON_SALT));
    const looked = await Promise.all(others.map(({ personas }) => personas.readers.readNow(persona.id)));
    expect(looked.filter(Boolean)).toHaveLength(1);
    expect(await statuses(services, id, persona.id)).toEqual({ "a.md": "ready" });
  });

  test("a reader that is killed with -9 is replaced, and what it had read is not read again", async () => {
    const services = await testServices();
    const { id } = await workspace(services);
    const persona = await services.personas.create("operator", id, { name: "Ann Lee" });
    const add = (fileName: string, text: string) =>
      services.personas.addSource("operator", id, persona.id, { fileName }, bytesOf(text));
    await add("first.md", ON_SALT);
    await add(
      "second.md",
      Array.from({ length: 4_000 }, (_, n) => `# ${n}\n\nSentence ${n} of the book.\n`).join("\n"),
    );
    await services.db.query(
      "update persona set reader_id = 'child', reader_until = now() + interval '60 seconds' where id = $1",
      [persona.id],
    );
    const child = startReader(services, persona.id, "child");
    while ((await statuses(services, id, persona.id))["first.md"] !== "ready") await sleep(10);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect((await statuses(services, id, persona.id))["second.md"]).not.toBe("ready");
    // While its lease lasts nobody else may; whoever looks later goes on behind the first file.
    expect(await services.personas.readers.readNow(persona.id)).toBe(false);
    await services.db.query("update persona set reader_until = now() where id = $1", [persona.id]);
    const [before] = await services.db.query("select version from persona_document where persona_id = $1", [
      persona.id,
    ]);
    expect(await services.personas.readers.readNow(persona.id)).toBe(true);
    expect(await statuses(services, id, persona.id)).toEqual({ "first.md": "ready", "second.md": "ready" });
    const [after] = await services.db.query(
      "select version from persona_document where persona_id = $1 order by place",
      [persona.id],
    );
    expect(after).toEqual(before);
    const book = await services.personas.persona(id, persona.id);
    expect((await book.query("sentence 3999 of the book", { threshold: 0 })).length).toBeGreaterThan(0);
  });

  test("a file that ends its reader again and again is given up with a sentence, and the rest is read", async () => {
    const services = await testServices();
    const { id } = await workspace(services);
    const persona = await services.personas.create("operator", id, { name: "Ann Lee" });
    for (const [fileName, text] of [
      ["poison.md", ON_HARBOURS],
      ["salt.md", ON_SALT],
    ] as const)
      await services.personas.addSource("operator", id, persona.id, { fileName }, bytesOf(text));
    await services.db.query(
      "update persona_source set attempts = 3 where persona_id = $1 and file_name = 'poison.md'",
      [persona.id],
    );
    expect(await services.personas.readers.readNow(persona.id)).toBe(true);
    expect(await statuses(services, id, persona.id)).toEqual({ "poison.md": "failed", "salt.md": "ready" });
    const [poison] = await services.personas.sources("operator", id, persona.id);
    expect(poison?.message).toContain("failed several times");
    // The same file may be tried anew.
    const again = await services.personas.addSource(
      "operator",
      id,
      persona.id,
      { fileName: "poison.md" },
      bytesOf(ON_HARBOURS),
    );
    expect([again.added, again.source.status]).toEqual([true, "waiting"]);
  });

  test("a storage that is away leaves the file waiting, and the persona rests before it is tried again", async () => {
    const services = await testServices();
    const { id } = await workspace(services);
    const persona = await services.personas.create("operator", id, { name: "Ann Lee" });
    await services.personas.addSource("operator", id, persona.id, { fileName: "a.md" }, bytesOf(ON_SALT));
    await services.db.query(
      "update persona_source set object_key = 'personas/\u0001/x' || repeat('y', 5000) where persona_id = $1",
      [persona.id],
    );
    await expect(services.personas.readers.readNow(persona.id)).rejects.toMatchObject({ code: "storage_unavailable" });
    expect(await statuses(services, id, persona.id)).toEqual({ "a.md": "waiting" });
    expect(await services.personas.readers.readNow(persona.id)).toBe(false);
  });
});

test("indices in memory stay within their bound, and personas beyond it answer all the same", async () => {
  const services = await testServices({}, { personaMemoryBytes: 250_000 });
  const { id } = await workspace(services);
  const rows = [];
  for (const n of [1, 2, 3, 4, 5, 6]) rows.push(await readyPersona(services, id, { "a.md": ON_SALT }, `Ann ${n}`));
  for (const row of [...rows, ...rows]) {
    const persona = await services.personas.persona(id, row.id);
    expect((await persona.answer("Why is the salt tax unjust?")).citations).toHaveLength(1);
    expect(services.personas.kept().bytes).toBeLessThanOrEqual(250_000);
  }
  expect(services.personas.kept().personas).toBeLessThan(6);
});

test("an index that is damaged, of another version or lost is made anew by itself", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const row = await readyPersona(services, id);
  const store = createPersonaStore(
    {
      db: services.db,
      objects: createObjects({ ...services, storage: createDiskStorage(`${services.config.dataDirectory}/objects`) }),
    },
    row,
  );
  for (const spoil of [
    () => store.writeDerived("index", bytesOf("no index")),
    () => store.writeDerived("index", null),
    () => services.db.query("update persona_derived set object_key = 'personas/none' where persona_id = $1", [row.id]),
  ]) {
    await spoil();
    const persona = await services.personas.persona(id, row.id);
    await expect(persona.answer("Why is the salt tax unjust?")).rejects.toMatchObject({ code: "persona_not_ready" });
    expect(await services.personas.readers.readNow(row.id)).toBe(true);
    expect((await persona.answer("Why is the salt tax unjust?")).citations).toHaveLength(1);
  }
});

function startReader(services: Services, personaId: string, lease: string): ChildProcess {
  const child = fork(READER, [personaId, lease], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      DATABASE_URL: inject("databaseUrl"),
      AVTRZ_DATA_DIR: services.config.dataDirectory,
      AVTRZ_LOG_LEVEL: "silent",
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}
