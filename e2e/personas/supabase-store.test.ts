import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPersona, parseConfig } from "../../lib/personas/index.ts";
import { supabaseSettings } from "../../packages/mcp-server/src/supabase/settings.ts";
import { createSupabaseStore } from "../../packages/mcp-server/src/supabase/supabase-store.ts";
import { document, keepsToTheContract, passagesOf } from "../support/persona-store-contract.ts";
import { ANON_KEY, SERVICE_KEY, type SupabaseProject, startSupabaseProject } from "../support/supabase-project.ts";

const { config } = parseConfig(JSON.stringify({ id: "ann-lee", name: "Ann Lee", expertise: ["salt"] }), "config.json");
let project: SupabaseProject;
beforeAll(async () => {
  // Less than it is asked for at once, as a project may be set up.
  project = await startSupabaseProject({ maxRows: 700 });
  await writing().prepare(config);
});
afterAll(() => project.stop());

const writing = (avatar = "ann-lee") =>
  createSupabaseStore({ url: project.url, key: SERVICE_KEY, mayWrite: true }, avatar);
const reading = (avatar = "ann-lee", key = ANON_KEY) =>
  createSupabaseStore({ url: project.url, key, mayWrite: false }, avatar);

keepsToTheContract(() => writing(), { oneAtATime: true });

describe("who may", () => {
  test("the anon key reads what is official and active, and nothing else", async () => {
    await writing().replaceDocument(document("open"), passagesOf("open", ["One."]));
    expect((await reading().documents()).map(({ id }) => id)).toContain("open");
    expect(await reading().config()).toMatchObject({ id: "ann-lee", name: "Ann Lee", expertise: ["salt"] });
    for (const state of ["is_official = false", "is_official = true, is_active = false"]) {
      await project.db.exec(`update avatars set ${state} where id = 'ann-lee'`);
      expect(await reading().documents()).toEqual([]);
      expect(await reading().passages(["open:0"])).toEqual([]);
      expect(await reading().config()).toBeNull();
      await expect(reading().revision()).rejects.toMatchObject({ code: "store_refused" });
      expect(await writing().passages(["open:0"])).toHaveLength(1);
    }
    await project.db.exec("update avatars set is_official = true, is_active = true where id = 'ann-lee'");
  });

  test("the anon key writes nothing, whatever it tries, and is told which key does", async () => {
    const store = createSupabaseStore({ url: project.url, key: ANON_KEY, mayWrite: true }, "ann-lee");
    const before = await writing().documents();
    for (const attempt of [
      () => store.replaceDocument(document("evil"), passagesOf("evil", ["x"])),
      () => store.removeDocument("open"),
      () => store.writeDerived("index", new Uint8Array([1])),
      () => store.prepare({ ...config, name: "Eve" }),
    ])
      await expect(attempt()).rejects.toMatchObject({
        code: "store_refused",
        message: expect.stringContaining("SUPABASE_SERVICE_KEY"),
      });
    expect(await writing().documents()).toEqual(before);
    expect(await reading().config()).toMatchObject({ name: "Ann Lee" });
  });
});

describe("a corpus that the original made", () => {
  const chunk = (at: number, page: number, content: string, embedding = "null") =>
    `('elinor-ostrom', '00000000-0000-4000-8000-000000000001', '${content}', ${embedding}, 'Governing the Commons', ${page}, 1990, ${at})`;
  const near = `('[' || array_to_string(array_fill(0.1::float, array[1536]), ',') || ']')::vector`;
  const far = `('[1' || repeat(',0', 1535) || ']')::vector`;
  beforeAll(async () => {
    await project.db.exec(`
      insert into avatars (id, name, description, expertise, death_year, system_prompt, is_official)
      values ('elinor-ostrom', 'Elinor Ostrom', 'Studied the commons.', '{commons}', 2012, '{"identity": "A student."}', true);
      insert into avatar_documents (id, avatar_id, title, authors, year, document_type, processed, chunk_count)
      values ('00000000-0000-4000-8000-000000000001', 'elinor-ostrom', 'Governing the Commons', '{Elinor Ostrom}', 1990, 'book', true, 3);
      insert into avatar_chunks (avatar_id, document_id, content, embedding, source_title, source_page, source_year, chunk_index)
      values ${chunk(7, 41, "Irrigation systems in Nepal are governed by farmers. They meet each spring.", near)},
        ${chunk(9, 42, "The herders agree on how many animals graze the meadow.", far)},
        ${chunk(12, 44, "Fishers in Alanya draw lots for their places.")};`);
  });

  test("is asked as it is, with its pages, by whoever holds the anon key alone", async () => {
    const store = reading("elinor-ostrom");
    const own = await store.config();
    expect(own).toMatchObject({ id: "elinor-ostrom", deathYear: 2012, systemPrompt: { identity: "A student." } });
    const [known] = await store.documents();
    expect(known).toMatchObject({ title: "Governing the Commons", status: "ready", passages: 3, words: 30 });
    const persona = createPersona(own ?? config, store);
    const { citations } = await persona.answer("How are irrigation systems in Nepal governed?");
    expect(citations[0]).toMatchObject({
      source: "Governing the Commons",
      page: 41,
      year: 1990,
      quote: "Irrigation systems in Nepal are governed by farmers.",
    });
    const [found] = await persona.query("draw lots for places", { limit: 1, threshold: 0 });
    expect(found).toMatchObject({ page: 44, content: expect.stringContaining("Alanya") });
    expect(await persona.info()).toMatchObject({ document_count: 1, corpus_size: 30 });
    // What its owner adds is found with the next question.
    await project.db.exec(`
      insert into avatar_chunks (avatar_id, document_id, content, source_title, source_page, chunk_index)
      values ('elinor-ostrom', '00000000-0000-4000-8000-000000000001', 'Lobstermen of Maine mark their own buoys.', 'x', 50, 20);
      update avatar_documents set chunk_count = 4, updated_at = now() where avatar_id = 'elinor-ostrom';`);
    expect((await persona.answer("Who marks their own buoys?")).citations[0]).toMatchObject({ page: 50 });
    expect(project.asked.filter((one) => !one.startsWith("GET")).every((one) => !one.includes("elinor"))).toBe(true);
  });

  test("search_avatar_chunks finds by likeness, above the threshold, best first, under the anon key's policies", async () => {
    const search = async (given: object) => {
      const response = await fetch(`${project.url}/rest/v1/rpc/search_avatar_chunks`, {
        method: "POST",
        headers: { apikey: ANON_KEY, authorization: `Bearer ${ANON_KEY}` },
        body: JSON.stringify({ p_avatar_id: "elinor-ostrom", p_query_embedding: new Array(1536).fill(0.2), ...given }),
      });
      return response.json();
    };
    const rows = await search({ p_match_threshold: 0 });
    expect(rows.map((row: { source_page: number }) => row.source_page)).toEqual([41, 42]);
    expect(rows[0].similarity).toBeCloseTo(1, 5);
    expect(rows[1].similarity).toBeCloseTo(1 / Math.sqrt(1536), 4);
    expect(await search({})).toHaveLength(1);
    expect(await search({ p_match_threshold: 0, p_match_count: 1 })).toHaveLength(1);
    await project.db.exec("update avatars set is_active = false where id = 'elinor-ostrom'");
    expect(await search({ p_match_threshold: 0 })).toEqual([]);
    await project.db.exec("update avatars set is_active = true where id = 'elinor-ostrom'");
  });
});

describe("a store that cannot be used says what is wrong", () => {
  const refusal = (store: ReturnType<typeof reading>) =>
    store.documents().then(
      () => "no refusal",
      (error: Error) => error.message,
    );

  test("down, hanging up, paused, or no project at all", async () => {
    const gone = await startSupabaseProject({ setUp: false });
    await gone.stop();
    const nowhere = createSupabaseStore({ url: gone.url, key: ANON_KEY, mayWrite: false }, "ann-lee");
    expect(await refusal(nowhere)).toBe(
      `The store of ann-lee cannot be reached: ${gone.url} does not answer (ECONNREFUSED).`,
    );
    project.fail("hang up");
    expect(await refusal(reading())).toContain("does not answer");
    project.fail({ status: 540, body: "<html>Project paused</html>" });
    expect(await refusal(reading())).toContain("answers 540. Is the project paused?");
    project.fail({ status: 200, body: "<html>A page</html>" });
    expect(await refusal(reading())).toContain("is no Supabase project");
    project.fail(null);
    expect(await refusal(reading())).toBe("no refusal");
  });

  test("a wrong key, and a project without the tables", async () => {
    expect(await refusal(reading("ann-lee", "another"))).toContain("does not take the key");
    const bare = await startSupabaseProject({ setUp: false });
    const store = createSupabaseStore({ url: bare.url, key: ANON_KEY, mayWrite: false }, "ann-lee");
    expect(await refusal(store)).toContain("lacks avatar_documents. Run supabase.sql");
    await bare.stop();
  });

  test("settings that are none are named", () => {
    const settings = (environment: Record<string, string>) => supabaseSettings(environment, "read");
    expect(settings({})).toBeNull();
    expect(() => settings({ SUPABASE_URL: "https://x.supabase.co" })).toThrow("SUPABASE_ANON_KEY is not valid");
    for (const SUPABASE_URL of ["x.supabase.co", "ftp://x", "postgres://u@h/db"])
      expect(() => settings({ SUPABASE_URL, SUPABASE_ANON_KEY: "k" })).toThrow("SUPABASE_URL is not valid");
    expect(settings({ SUPABASE_URL: "https://x.supabase.co/", SUPABASE_ANON_KEY: " k " })).toEqual({
      url: "https://x.supabase.co",
      key: "k",
      mayWrite: false,
    });
  });
});

test("supabase.sql may be run again, and over the tables of the original", async () => {
  const { readFile } = await import("node:fs/promises");
  const sql = await readFile("packages/mcp-server/supabase.sql", "utf8");
  await project.db.exec(sql);
  expect((await reading("elinor-ostrom").documents()).length).toBe(1);
});
