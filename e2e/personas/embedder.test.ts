import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { makeAvatar, runSdk, SERVER, type TestAvatar } from "../support/avatar.ts";
import { type EmbeddingsServer, startEmbeddingsServer } from "../support/embeddings-server.ts";

/** Meaning, as a model would tell it that knows what a toll is by any name. */
const TOPICS = [
  /mole|masons|jetty/i,
  /harbour|door|port is to a borough/i,
  /salt|levy on seasoning/i,
  /toll|turnpike/i,
  /jester|buffoon/i,
];
function meaning(text: string): number[] {
  const vector = new Array<number>(32).fill(0);
  for (const [at, topic] of TOPICS.entries()) if (topic.test(text)) vector[at] = 1;
  // What texts have beside their topic.
  for (const character of text) {
    const at = 8 + ((character.codePointAt(0) ?? 0) % 24);
    vector[at] = (vector[at] ?? 0) + 0.3 / text.length;
  }
  return vector;
}

let server: EmbeddingsServer;
let avatar: TestAvatar;
beforeAll(async () => {
  server = await startEmbeddingsServer(meaning);
});
afterAll(() => server.close());
beforeEach(async () => {
  server.asked = [];
  server.trouble = () => undefined;
  avatar = await makeAvatar();
});
afterEach(() => avatar.remove());

const environment = (more: Record<string, string> = {}) => ({
  AVATAR_EMBEDDING_BASE_URL: server.url,
  AVATAR_EMBEDDING_MODEL: "meaning-1",
  AVATAR_EMBEDDING_API_KEY: "sk-secret",
  ...more,
});
const sdk = (parameters: string[], more: Record<string, string> = {}) =>
  runSdk([...parameters, "--avatars", avatar.avatars], { environment: environment(more) });
const derived = () => readdirSync(path.join(avatar.root, "index/derived")).sort();

type Found = { passages: { content: string; score: number }[]; notice?: string };
async function withServer(
  more: Record<string, string>,
  use: (query: (text: string) => Promise<Found>) => Promise<void>,
) {
  const client = new Client({ name: "test", version: "1" });
  const env = { ...(process.env as Record<string, string>), ...environment(more) };
  const args = [SERVER, "--avatars", avatar.avatars];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: "pipe" }));
  try {
    await use(async (query) => {
      const called = await client.callTool({ name: "query_corpus", arguments: { query, threshold: 0, limit: 1 } });
      return called["structuredContent"] as Found;
    });
  } finally {
    await client.close();
  }
}

const FAR = "Which levy on seasoning is against equity?";

test("process makes the chosen model's vectors; it leads the search and the answer, and the shipped one is not needed", async () => {
  const made = await sdk(["process", "--json"]);
  expect(JSON.parse(made.stdout)).toMatchObject({ embedder: "meaning-1", embedded: expect.any(Number) });
  expect(derived()).toEqual(["index.bin", "lead-vectors-essays.bin", "lead-vectors-harbour.bin"]);
  expect(server.asked.every(({ authorization }) => authorization === "Bearer sk-secret")).toBe(true);
  const { stdout } = await sdk(["ask", "--json", FAR]);
  expect(JSON.parse(stdout).citations[0].quote).toContain("The tax on salt falls on the poor");
  expect((await sdk(["process"])).stdout).not.toContain("Vectors of");
});

test("an evaluation measures the chosen model, and says which one led", async () => {
  await sdk(["process"]);
  const file = path.join(avatar.avatars, "questions.jsonl");
  const gold = [{ document_id: "essays", quote: "The tax on salt falls on the poor more than on the rich" }];
  writeFileSync(file, JSON.stringify({ id: "1", question: FAR, kind: "answerable", style: "far", gold }));
  const measured = JSON.parse((await sdk(["eval", file, "--json"])).stdout);
  expect(measured).toMatchObject({ lead: "meaning-1", notices: [], retrieval: { far: { recall5: 1 } } });
  server.trouble = () => ({ status: 503 });
  const { stdout } = await sdk(["eval", file]);
  expect(stdout).toContain("by words alone");
  expect(stdout).toContain("The embedding model meaning-1 cannot be used");
});

test("a model that is down: words and the shipped model answer, and it is said", async () => {
  await sdk(["process"]);
  server.trouble = () => ({ status: 503 });
  await withServer({}, async (query) => {
    const { passages, notice } = await query("Why is the tax on salt unjust?");
    expect(passages[0]?.content).toContain("falls on the poor");
    expect(notice).toContain("The embedding model meaning-1 cannot be used, so words alone found this.");
    expect((await query("salt")).notice).toContain("cannot be used");
    expect(server.asked.flatMap(({ texts }) => texts)).not.toContain("salt");
  });
});

test("a model that is down when the index is made: the shipped one stands in, and its own vectors follow", async () => {
  server.trouble = () => ({ status: 401, message: "Incorrect API key provided: sk-secret." });
  const made = await sdk(["process"]);
  expect([made.code, made.stdout]).toEqual([0, expect.stringContaining("made by the shipped model")]);
  expect(made.stderr).toContain("The embedding model meaning-1 cannot be used: 401");
  expect(made.stderr).not.toContain("sk-secret");
  expect(derived()).toEqual(["index.bin", "vectors-essays.bin", "vectors-harbour.bin"]);
  server.trouble = () => undefined;
  expect((await sdk(["process"])).stdout).toContain("made by meaning-1");
  // What the shipped model made stays for the day the other one is down again.
  expect(derived()).toContain("vectors-essays.bin");
});

test("H-JOB-119: another model or length: the vectors are made again behind the questions", async () => {
  await sdk(["process"], { AVATAR_EMBEDDING_MODEL: "older" });
  let held = true;
  server.trouble = ({ texts }) =>
    held && texts.length > 1 ? { status: 503, headers: { "retry-after": "1" } } : undefined;
  await withServer({}, async (query) => {
    const meanwhile = await query("Why is the tax on salt unjust?");
    expect(meanwhile.passages[0]?.content).toContain("falls on the poor");
    expect(meanwhile.notice).toContain("The vectors of meaning-1 are not made yet");
    held = false;
    await vi.waitFor(
      async () => {
        const { passages, notice } = await query(FAR);
        expect([notice, passages[0]?.content]).toEqual([undefined, expect.stringContaining("falls on the poor")]);
      },
      { timeout: 20_000, interval: 200 },
    );
  });
  server.vector = (text) => [...meaning(text), 0];
  try {
    expect((await sdk(["process"])).stdout).toContain("made by meaning-1");
    expect((await sdk(["ask", FAR])).stderr).toBe("");
  } finally {
    server.vector = meaning;
  }
});

test("a run that was stopped goes on where it was", async () => {
  server.trouble = ({ texts }) =>
    texts.some((text) => /salt/.test(text)) && texts.length > 1 ? { status: 401 } : undefined;
  expect((await sdk(["process"])).stderr).toContain("401");
  const kept = readFileSync(path.join(avatar.root, "index/derived/lead-vectors-harbour.bin"));
  server.trouble = () => undefined;
  server.asked = [];
  await sdk(["process"]);
  expect(server.asked.flatMap(({ texts }) => texts).some((text) => /masons/.test(text))).toBe(false);
  expect(readFileSync(path.join(avatar.root, "index/derived/lead-vectors-harbour.bin"))).toEqual(kept);
});

test.each([
  [{ AVATAR_EMBEDDING_BASE_URL: "ollama" }, "an http(s) address"],
  [{ AVATAR_EMBEDDING_DIMENSIONS: "many" }, "a whole number above 0"],
  [
    { AVATAR_EMBEDDING_BASE_URL: "", AVATAR_EMBEDDING_API_KEY: "", OPENAI_API_KEY: "" },
    "it needs AVATAR_EMBEDDING_BASE_URL",
  ],
])("settings that do not fit are told of: %j", async (more, sentence) => {
  const { code, stderr } = await sdk(["process"], more);
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
});
