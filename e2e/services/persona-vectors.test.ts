/** What a persona's search compares meanings by: made by the worker behind the index, and used by whoever asks next. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Config } from "../../lib/platform/config.ts";
import type { Services } from "../../lib/services.ts";
import { bytesOf, ON_HARBOURS, ON_SALT } from "../support/personas.ts";
import { testServices, workspace } from "../support/services.ts";

/** As the worker is, and a web process on the same data. */
async function workerAndWeb(config: Partial<Config> = {}) {
  const worker = await testServices(config, { role: "worker" });
  const web = await testServices({ ...config, dataDirectory: worker.config.dataDirectory });
  return { worker, web, ...(await workspace(web)) };
}

async function fed(services: Services, organizationId: string, files: Record<string, string>) {
  const persona = await services.personas.create("operator", organizationId, { name: "Ann Lee" });
  for (const [fileName, text] of Object.entries(files))
    await services.personas.addSource("operator", organizationId, persona.id, { fileName }, bytesOf(text));
  return persona;
}

const derivedOf = async ({ db }: Services, id: string) =>
  (await db.query<{ name: string }>("select name from persona_derived where persona_id = $1 order by name", [id])).map(
    ({ name }) => name.replace(/src_\w+/, "…"),
  );
const vectorsOf = async ({ db }: Services, id: string) =>
  (
    await db.query<{ made: number; revision: number }>(
      "select vectors_revision::int as made, revision::int as revision from persona where id = $1",
      [id],
    )
  )[0];

test("words answer first; when the vectors are made, who asked before finds by meaning with the next question", async () => {
  const { worker, web, id } = await workerAndWeb();
  const persona = await fed(web, id, { "salt.md": ON_SALT, "harbours.md": ON_HARBOURS });
  // A process that makes no vectors leaves them to one that does.
  expect(await web.personas.readers.readNow(persona.id)).toBe(true);
  expect(await web.personas.readers.readNow(persona.id)).toBe(false);
  const asked = await web.personas.persona(id, persona.id);
  const find = async () => (await asked.query("people who catch cod opposed the pier", { limit: 1, threshold: 0 }))[0];
  const before = await find();
  expect(await derivedOf(web, persona.id)).toEqual(["index"]);
  expect((await web.personas.get("operator", id, persona.id)).status).toBe("ready");

  expect(await worker.personas.readers.readNow(persona.id)).toBe(true);
  expect(await derivedOf(web, persona.id)).toEqual(["index", "vectors-made", "vectors-…", "vectors-…"].toSorted());
  const after = await find();
  expect(after?.content).toContain("The mole at Wells");
  expect(after?.score).not.toBe(before?.score);
  expect(await worker.personas.readers.readNow(persona.id)).toBe(false);

  // What is replaced gets vectors of its own; the rest keeps its.
  await web.personas.addSource(
    "operator",
    id,
    persona.id,
    { fileName: "salt.md" },
    bytesOf("# Tea\n\nTea is a leaf.\n"),
  );
  expect(await worker.personas.readers.readNow(persona.id)).toBe(true);
  expect(await vectorsOf(web, persona.id)).toEqual({ made: 3, revision: 3 });
  expect((await asked.answer("What is tea?")).citations[0]?.quote).toBe("Tea is a leaf.");
});

test("making them that ends its process again and again is given up, and words go on answering", async () => {
  const { worker, web, id } = await workerAndWeb();
  const persona = await fed(web, id, { "salt.md": ON_SALT });
  await web.personas.readers.readNow(persona.id);
  await web.db.query("update persona set vectors_revision = -5 where id = $1", [persona.id]);
  expect(await worker.personas.readers.readNow(persona.id)).toBe(true);
  expect(await derivedOf(web, persona.id)).toEqual(["index"]);
  expect(await worker.personas.readers.readNow(persona.id)).toBe(false);
  const asked = await web.personas.persona(id, persona.id);
  expect((await asked.answer("Why is the salt tax unjust?")).citations).toHaveLength(1);
});

test("the built-in avatar and one without files are not read again for want of them", async () => {
  const { worker, web, id } = await workerAndWeb();
  const empty = await web.personas.create("operator", id, { name: "Nobody" });
  expect(await worker.personas.readers.readNow(empty.id)).toBe(false);
});

test("a model of one's own leads what is found; when it is away the shipped one makes up for it", async () => {
  const asked: string[] = [];
  let away = false;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (away) return void response.writeHead(503).end("{}");
    const { input } = JSON.parse(body) as { input: string[] };
    asked.push(...input);
    // What speaks of water is one way, everything else another.
    const data = input.map((text, index) => ({
      object: "embedding",
      index,
      embedding: /mole|fish|sea/i.test(text) ? [1, 0] : [0, 1],
    }));
    const usage = { prompt_tokens: 1, total_tokens: 1 };
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ object: "list", model: "m", data, usage }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const embedder = { model: "m", baseUrl, apiKey: undefined, dimensions: undefined };
  const { worker, web, id } = await workerAndWeb({ embedder });
  const persona = await fed(web, id, { "salt.md": ON_SALT, "harbours.md": ON_HARBOURS });
  expect(await worker.personas.readers.readNow(persona.id)).toBe(true);
  expect(await derivedOf(web, persona.id)).toContain("lead-vectors-…");
  expect(asked.some((text) => text.includes("The mole at Wells"))).toBe(true);
  const own = await web.personas.persona(id, persona.id);
  const [found] = await own.query("Of the sea", { limit: 1, threshold: 0 });
  expect(found?.content).toContain("The mole at Wells");
  away = true;
  expect((await own.answer("Why is the salt tax unjust?")).citations.length).toBeGreaterThan(0);
});
