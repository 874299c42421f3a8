import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { askable, post } from "../../support/persona-requests.ts";
import { postForm, putFile, SOURCES } from "../../support/persona-upload.ts";
import { ON_HARBOURS, ON_SALT } from "../../support/personas.ts";
import { send, testServices, used } from "../../support/services.ts";

const get = (services: Awaited<ReturnType<typeof testServices>>, path: string, key: string) =>
  send(services, path, { headers: { "x-api-key": key } });

test("202: a file as the body is taken with what is said of it, read behind the scenes, and answered from", async () => {
  const services = await testServices();
  const { id, key, keyId, persona } = await askable(services);
  const query =
    "?file_name=on%20harbours.md&title=On+harbours&author=Ann+L.&year=1755&type=article&url=https%3A%2F%2Fa.example";
  const taken = await putFile(services, persona.slug, key, query, ON_HARBOURS);
  expect(taken.status).toBe(202);
  await expectDescribed(services, SOURCES, taken);
  const { location } = Object.fromEntries(taken.headers);
  expect(await taken.json()).toMatchObject({
    file_name: "on harbours.md",
    title: "On harbours",
    authors: ["Ann L."],
    year: 1755,
    type: "article",
    url: "https://a.example",
    status: "waiting",
    added: true,
  });
  const looked = await get(services, location ?? "", key);
  await expectDescribed(services, "get /v1/personas/{id}", looked);
  expect(await looked.json()).toMatchObject({
    id: persona.id,
    slug: "ann-lee",
    status: "reading",
    built_in: false,
    sources: 2,
    waiting: 1,
    mcp_url: `http://avtrz.test/mcp/avatars/${persona.id}`,
    documents: [
      { file_name: "on-salt.md", status: "ready", message: null },
      { file_name: "on harbours.md", status: "waiting" },
    ],
  });
  expect(await services.personas.readers.readNow(persona.id)).toBe(true);
  const asked = await post(services, `/v1/personas/${persona.id}/ask`, key, {
    question: "Who was against the work on the mole?",
  });
  expect((await asked.json()).citations[0]).toMatchObject({ source: "On harbours", year: 1755 });
  const { items } = await services.audit.list("operator", id, { action: "persona.add_source" });
  expect(items[0]).toMatchObject({ actor: keyId });
  await services.quotas.personas.close();
  // The question alone was paid for.
  expect(await used(services, id, "persona_requests")).toBe(1);
});

test("202: a form is taken too, whatever the order of its fields; 200: the same file again changes nothing", async () => {
  const services = await testServices();
  const { key, persona } = await askable(services);
  const form = new FormData();
  form.set("file", new File([ON_HARBOURS], "harbours.md"));
  form.set("title", "Of harbours");
  form.set("year", "-44");
  const taken = await postForm(services, persona.id, key, form);
  expect(taken.status).toBe(202);
  await expectDescribed(services, SOURCES, taken);
  expect(await taken.json()).toMatchObject({ title: "Of harbours", year: -44, authors: ["Ann Lee"], added: true });
  const again = await postForm(services, persona.id, key, form);
  expect(again.status).toBe(200);
  await expectDescribed(services, SOURCES, again);
  expect(await again.json()).toMatchObject({ title: "Of harbours", added: false });
  // Replaced under its name.
  expect((await putFile(services, persona.id, key, "?file_name=harbours.md", ON_SALT.slice(4))).status).toBe(202);
  const { documents } = await (await get(services, `/v1/personas/${persona.id}`, key)).json();
  expect(documents).toHaveLength(2);
});

test("200: a file that cannot be read says why, and the list has every avatar of the workspace and of no other", async () => {
  const services = await testServices();
  const { key, persona } = await askable(services);
  const stranger = await askable(services);
  await putFile(services, persona.id, key, "?file_name=film.mov", "\0\0\0");
  await services.personas.readers.readNow(persona.id);
  const { documents } = await (await get(services, `/v1/personas/${persona.id}`, key)).json();
  expect(documents[1]).toMatchObject({ status: "unsupported", message: expect.stringMatching(/\w+/), passages: 0 });
  const list = await get(services, "/v1/personas", key);
  expect(list.status).toBe(200);
  await expectDescribed(services, "get /v1/personas", list);
  const { personas } = await list.json();
  const ids = personas.filter((one: { built_in: boolean }) => !one.built_in).map((one: { id: string }) => one.id);
  expect(ids).toEqual([persona.id]);
  expect(ids).not.toContain(stranger.persona.id);
});
