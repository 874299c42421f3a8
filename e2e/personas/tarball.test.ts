import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../support/avatar.ts";

const PACKAGE = path.join(import.meta.dirname, "../../packages/mcp-server");
const ROOT = path.join(import.meta.dirname, "../..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tarball-"));
  const packed = await run("npm", ["pack", "--pack-destination", folder], { cwd: PACKAGE });
  expect(packed.code, packed.stderr).toBe(0);
  const [tarball = ""] = await readdir(folder);
  const installed = await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`], {
    cwd: folder,
  });
  expect(installed.code, installed.stderr).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the packed package, installed in an empty folder, makes an avatar, answers and serves", async () => {
  const npx = (parameters: string[], input?: string) =>
    run("npx", ["--no-install", ...parameters], { cwd: folder, ...(input !== undefined && { input }) });
  await writeFile(
    path.join(folder, "salt.md"),
    "# On salt\n\nThe tax on salt falls on the poor, and for that reason it is unjust.\n",
  );
  expect((await npx(["avatar-sdk", "init", "Ann Lee"])).code).toBe(0);
  expect((await npx(["avatar-sdk", "add", "salt.md", "--title", "Salt"])).code).toBe(0);
  expect((await npx(["avatar-sdk", "process"])).code).toBe(0);
  const asked = await npx(["avatar-sdk", "ask", "Why is the salt tax unjust?"]);
  expect(asked.stdout).toContain("falls on the poor");
  const served = await npx(["@avatar-sdk/mcp-server", "--avatar", "ann-lee"], `${JSON.stringify(HELLO)}\n`);
  expect(JSON.parse(served.stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: "avatar-ann-lee" } } });
  expect(served.code).toBe(0);
});

const HELLO = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
};

test.each(await nodes())("it works on Node %s", async (version, node) => {
  const bin = (name: string) => path.join(folder, "node_modules/@avatar-sdk/mcp-server/bin", `${name}.mjs`);
  const avatars = path.join(folder, `avatars-${version}`);
  const sdk = (...parameters: string[]) =>
    run(node, [bin("avatar-sdk"), ...parameters, "--avatars", avatars], { cwd: folder });
  await writeFile(path.join(folder, "tea.md"), "# On tea\n\nTea is a bitter leaf, and it is drunk in the afternoon.\n");
  for (const step of [["init", "Ann Lee"], ["add", "tea.md"], ["process"]])
    expect(await sdk(...step), step.join(" ")).toMatchObject({ code: 0, stderr: "" });
  expect((await sdk("ask", "When is tea drunk?")).stdout).toContain("in the afternoon");
  const served = await run(node, [bin("mcp-server"), "--avatars", avatars], { input: `${JSON.stringify(HELLO)}\n` });
  expect(JSON.parse(served.stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: "avatar-ann-lee" } } });
  expect(await sdk("ask")).toMatchObject({ code: 2, stdout: "" });
});

test("what it brings along is what it needs: no sources of ours, and the tables of a hosted store", async () => {
  const files = await readdir(path.join(folder, "node_modules/@avatar-sdk/mcp-server"), { recursive: true });
  expect(files).toContain("supabase.sql");
  expect(files.filter((file) => file.endsWith(".ts") || file.includes(".test."))).toEqual([]);
});

/** Every version of Node that is at hand here, the one that runs this among them. */
async function nodes(): Promise<[version: string, file: string][]> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const candidates = [process.execPath, ...folders.map((one) => path.join(one, "node"))].filter((one) =>
    existsSync(one),
  );
  const found = new Map<string, string>();
  for (const file of candidates) {
    const version = (await run(file, ["--version"])).stdout.trim();
    if (!found.has(version)) found.set(version, file);
  }
  return [...found];
}

test("it asks for the versions that are tested here", async () => {
  const read = async (file: string) => (await import(file, { with: { type: "json" } })).default;
  const own = (await read(path.join(PACKAGE, "package.json"))).dependencies as Record<string, string>;
  const { dependencies } = await read(path.join(ROOT, "package.json"));
  for (const [name, version] of Object.entries(own)) expect([name, dependencies[name]]).toEqual([name, version]);
});
