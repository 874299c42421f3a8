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
  const hello = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
  };
  const served = await npx(["@avatar-sdk/mcp-server", "--avatar", "ann-lee"], `${JSON.stringify(hello)}\n`);
  expect(JSON.parse(served.stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: "avatar-ann-lee" } } });
  expect(served.code).toBe(0);
});

test("it asks for the versions that are tested here", async () => {
  const read = async (file: string) => (await import(file, { with: { type: "json" } })).default;
  const own = (await read(path.join(PACKAGE, "package.json"))).dependencies as Record<string, string>;
  const { dependencies } = await read(path.join(ROOT, "package.json"));
  for (const [name, version] of Object.entries(own)) expect([name, dependencies[name]]).toEqual([name, version]);
});
