import { beforeAll, expect, inject, test } from "vitest";
import { loadPageFiles } from "../../lib/docs/index.ts";
import type { Services } from "../../lib/services.ts";
import { createDatabase } from "../support/backend.ts";
import { person } from "../support/person.ts";
import { bytesOf } from "../support/personas.ts";
import { testServices, used, workspace } from "../support/services.ts";

// Every workspace sees it, those of other tests too, so these have a database of their own.
let databaseUrl: string;
beforeAll(async () => {
  const database = await createDatabase(inject("backend"));
  databaseUrl = database.url;
  return database.remove;
});

const page = (name: string, text: string, title = name) => ({
  fileName: `${name}.md`,
  title,
  url: `http://avtrz.test/docs/${name}`,
  bytes: bytesOf(text),
});
const SALT = page("salt", "# Salt\n\nSalt is kept in the blue jar on the upper shelf.\n");
const TEA = page("tea", "# Tea\n\nTea is brewed for four minutes in the green pot.\n");

const builtInOf = async (services: Services, organizationId: string) =>
  (await services.personas.list("operator", organizationId)).filter(({ builtIn }) => builtIn);

test("a fresh installation's documentation can be asked by every workspace, and a second start changes nothing", async () => {
  const services = await testServices({ databaseUrl });
  const { id } = await workspace(services);
  const files = await loadPageFiles(services.config.publicUrl);
  const made = await Promise.all([1, 2, 3].map(() => services.personas.keepBuiltIn(files)));
  expect(made.filter(Boolean)).toHaveLength(1);
  const [persona, ...more] = await builtInOf(services, id);
  expect(more).toEqual([]);
  expect(persona).toMatchObject({ slug: "avtrz-docs", sources: files.length, status: "reading" });
  const personaId = persona?.id ?? "";
  expect(await services.personas.readers.readNow(personaId)).toBe(true);
  expect(await builtInOf(services, id)).toMatchObject([{ status: "ready", readable: files.length }]);
  const before = await services.db.query("select revision, indexed_revision from persona where id = $1", [personaId]);
  expect(await services.personas.keepBuiltIn(files)).toBe(false);
  expect(await services.personas.readers.readNow(personaId)).toBe(false);
  expect(await services.db.query("select revision, indexed_revision from persona where id = $1", [personaId])).toEqual(
    before,
  );
  for (const organization of [id, (await workspace(services)).id]) {
    const asked = await services.personas.persona(organization, "avtrz-docs");
    const answer = await asked.answer("Which sizes can a picture have?");
    expect(answer.refusal).toBeUndefined();
    expect(answer.citations.length).toBeGreaterThan(0);
    expect((await asked.answer("How do I bake sourdough bread?")).refusal).toBe("not_covered");
  }
  expect(await used(services, id, "persona_requests")).toBe(0);
});

test("changed pages replace their passages, pages that are gone go, and what is unchanged is not read again", async () => {
  const services = await testServices({ databaseUrl });
  const { id } = await workspace(services);
  await services.personas.keepBuiltIn([SALT, TEA]);
  const [persona] = await builtInOf(services, id);
  const personaId = persona?.id ?? "";
  const asked = await services.personas.persona(id, personaId);
  const read = () => services.personas.readers.readNow(personaId);
  const said = async (question: string) => (await asked.answer(question)).citations.map(({ quote }) => quote);
  expect(await read()).toBe(true);
  expect(await said("Where is the salt kept?")).toEqual(["Salt is kept in the blue jar on the upper shelf."]);
  expect(
    await services.personas.keepBuiltIn([page("salt", "# Salt\n\nSalt is kept in the red tin by the door.\n"), TEA]),
  ).toBe(true);
  // Until it is read the old page answers.
  expect(await said("Where is the salt kept?")).toEqual(["Salt is kept in the blue jar on the upper shelf."]);
  const waiting = (await services.personas.sources("operator", id, personaId)).filter(
    ({ status }) => status !== "ready",
  );
  expect(waiting.map(({ fileName }) => fileName)).toEqual(["salt.md"]);
  expect(await read()).toBe(true);
  expect(await said("Where is the salt kept?")).toEqual(["Salt is kept in the red tin by the door."]);
  expect(await services.personas.keepBuiltIn([TEA])).toBe(true);
  expect(await read()).toBe(true);
  expect(await said("Where is the salt kept?")).toEqual([]);
  expect(await builtInOf(services, id)).toMatchObject([{ id: personaId, sources: 1, readable: 1, status: "ready" }]);
});

test("nobody changes it, and a workspace's own avatar of its short name comes first", async () => {
  const services = await testServices({ databaseUrl });
  const { personas } = services;
  const { id } = await workspace(services);
  const owner = await person(services, { [id]: "owner" });
  await personas.keepBuiltIn([SALT]);
  const [persona] = await builtInOf(services, id);
  const builtIn = persona?.id ?? "";
  const [source] = await personas.sources(owner, id, builtIn);
  for (const viewer of [owner, "operator" as const]) {
    const refused = await Promise.allSettled([
      personas.update(viewer, id, builtIn, { name: "Mine" }),
      personas.remove(viewer, id, builtIn),
      personas.addSource(viewer, id, builtIn, { fileName: "x.md" }, bytesOf("x")),
      personas.removeSource(viewer, id, builtIn, source?.id ?? ""),
      personas.processAgain(viewer, id, builtIn),
    ]);
    expect(refused.map((one) => one.status === "rejected" && one.reason.code)).toEqual(
      new Array(5).fill("persona_built_in"),
    );
  }
  const own = await personas.create(owner, id, { name: "Own", slug: "avtrz-docs" });
  expect((await personas.find(id, "avtrz-docs")).id).toBe(own.id);
  expect((await personas.find((await workspace(services)).id, "avtrz-docs")).id).toBe(builtIn);
  const listed = await personas.list(owner, id);
  expect(listed.map((one) => [one.id, one.builtIn])).toEqual([
    [own.id, false],
    [builtIn, true],
  ]);
  await services.workspaces.delete(owner, id, "Test");
  const other = await workspace(services);
  expect(await builtInOf(services, other.id)).toHaveLength(1);
});
