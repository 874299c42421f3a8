/** The programs over a hosted store: written by `avatar-sdk process`, served without a folder, and told of when it is away. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { makeAvatar, run, runSdk, SERVER, type TestAvatar } from "../support/avatar.ts";
import { ANON_KEY, SERVICE_KEY, type SupabaseProject, startSupabaseProject } from "../support/supabase-project.ts";

type Called = { isError?: boolean; structuredContent?: Record<string, unknown>; content: { text: string }[] };

let avatar: TestAvatar;
let project: SupabaseProject;
let nowhere: string;
beforeAll(async () => {
  [avatar, project] = await Promise.all([makeAvatar(), startSupabaseProject()]);
  nowhere = path.join(avatar.avatars, "nowhere");
  const written = await runSdk(["process", "--no-vectors", "--avatars", avatar.avatars], {
    environment: { SUPABASE_URL: project.url, SUPABASE_SERVICE_KEY: SERVICE_KEY },
  });
  expect(written).toMatchObject({ code: 0, stderr: "" });
  expect(written.stdout).toContain(`Written to ${project.url}.`);
});
afterAll(async () => {
  await project.stop();
  await avatar.remove();
});

const reading = () => ({ SUPABASE_URL: project.url, SUPABASE_ANON_KEY: ANON_KEY });

async function connect(environment: Record<string, string>, avatars = nowhere) {
  const client = new Client({ name: "test", version: "1" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [SERVER, "--avatar", "ann-lee", "--avatars", avatars],
    env: { ...(process.env as Record<string, string>), ...environment },
    stderr: "pipe",
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const call = (name: string, given = {}) => client.callTool({ name, arguments: given }) as Promise<Called>;
  return { client, call };
}

test("what was written is served without a folder, with the anon key alone, page by page as from the folder", async () => {
  const { client, call } = await connect(reading());
  expect((await client.listTools()).tools).toHaveLength(3);
  const { structuredContent } = await call("generate_response", { question: "When was the mole at Wells begun?" });
  expect(structuredContent).toMatchObject({
    citations: [{ source: "The Harbour", page: 2, page_label: "1", year: 1755 }],
  });
  expect((await call("get_avatar_info")).structuredContent).toMatchObject({ id: "ann-lee", document_count: 2 });
  expect((await call("generate_response", { question: "What is bitcoin?" })).structuredContent).toMatchObject({
    refusal: "not_covered",
  });
  const asked = await runSdk(["ask", "--avatar", "ann-lee", "--avatars", nowhere, "Why is the tax on salt unjust?"], {
    environment: reading(),
  });
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining("falls on the poor") });
});

test("a store that goes away is told of in the answers, and comes back without a new start", async () => {
  const { call } = await connect(reading());
  expect((await call("query_corpus", { query: "tax on salt" })).isError).toBeUndefined();
  project.fail("hang up");
  expect(await call("query_corpus", { query: "tax on salt" })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringMatching(/^The store of ann-lee cannot be reached: http\S+ does not answer/) }],
  });
  project.fail(null);
  expect((await call("query_corpus", { query: "tax on salt" })).isError).toBeUndefined();
});

test("with a folder it starts though the store is down, and without one it says so and ends with 1", async () => {
  project.fail("hang up");
  const { client, call } = await connect(reading(), avatar.avatars);
  expect((await client.listTools()).tools).toHaveLength(3);
  expect((await call("query_corpus", { query: "salt" })).isError).toBe(true);
  const ended = await run(process.execPath, [SERVER, "--avatar", "ann-lee", "--avatars", nowhere], {
    environment: reading(),
  });
  project.fail(null);
  expect(ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("does not answer") });
});

test("H-MCP-104: a wrong key, an unknown avatar and settings that are none are sentences on stderr", async () => {
  const start = (environment: Record<string, string>, name = "ann-lee") =>
    run(process.execPath, [SERVER, "--avatar", name, "--avatars", nowhere], { environment });
  expect(await start({ ...reading(), SUPABASE_ANON_KEY: "wrong" })).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^The store of ann-lee cannot be used: \S+ does not take the key\..+\n$/),
  });
  expect(await start(reading(), "nobody")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no such avatar"),
  });
  expect(await start({ SUPABASE_URL: project.url })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("SUPABASE_ANON_KEY is not valid"),
  });
  expect(await start({ ...reading(), SUPABASE_URL: "here" })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("SUPABASE_URL is not valid"),
  });
});

test("process refuses to write with the anon key, and a second run writes nothing new", async () => {
  const refused = await runSdk(["process", "--no-vectors", "--avatars", avatar.avatars], { environment: reading() });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("Set SUPABASE_SERVICE_KEY") });
  const chunks = () => project.db.query("select id from avatar_chunks order by id");
  const before = (await chunks()).rows;
  const again = await runSdk(["process", "--no-vectors", "--avatars", avatar.avatars, "--json"], {
    environment: { SUPABASE_URL: project.url, SUPABASE_SERVICE_KEY: SERVICE_KEY },
  });
  expect(JSON.parse(again.stdout)).toMatchObject({ changed: false });
  expect((await chunks()).rows).toEqual(before);
  // A source that the folder loses goes from the store too.
  await rm(path.join(avatar.root, "corpus/open-access/essays.md"));
  const less = await runSdk(["process", "--no-vectors", "--avatars", avatar.avatars, "--json"], {
    environment: { SUPABASE_URL: project.url, SUPABASE_SERVICE_KEY: SERVICE_KEY },
  });
  expect(JSON.parse(less.stdout)).toMatchObject({ changed: true });
  expect((await chunks()).rows.length).toBeLessThan(before.length);
});
