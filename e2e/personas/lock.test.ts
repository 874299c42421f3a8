/** Two runs on one avatar: one does it, the other says so, and whoever is killed leaves nothing locked. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderLock, withLock } from "../../packages/mcp-server/src/lock.ts";
import { makeAvatar, runSdk, type TestAvatar } from "../support/avatar.ts";

const SDK = path.join(import.meta.dirname, "../../packages/mcp-server/bin/avatar-sdk.mjs");
const HOLDS = `import { withLock } from ${JSON.stringify(path.join(import.meta.dirname, "../../packages/mcp-server/src/lock.ts"))};
await withLock(process.argv[1], "ann-lee", () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1000)); });`;

let avatar: TestAvatar;
beforeAll(async () => {
  avatar = await makeAvatar();
});
afterAll(() => avatar.remove());

const processing = () => runSdk(["process", "--no-vectors", "--avatars", avatar.avatars]);

test("a second run says that another is under way, changes nothing, and kill -9 of the first leaves nothing locked", async () => {
  const first = spawn(process.execPath, ["--input-type=module", "-e", HOLDS, folderLock(avatar.root)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(first.stdout, "data");
  expect(await processing()).toEqual({
    code: 1,
    stdout: "",
    stderr: "Another process is indexing ann-lee. Wait until it has finished.\n",
  });
  expect(existsSync(path.join(avatar.root, "index"))).toBe(false);
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(await processing()).toMatchObject({ code: 0, stderr: "" });
});

test("of runs that start at once each ends well or says that another is at it, and the index is whole", async () => {
  await writeFile(
    path.join(avatar.root, "corpus/open-access/essays.md"),
    "# On tea\n\nTea is a bitter leaf and a sweet hour.\n",
  );
  const ran = await Promise.all([1, 2, 3].map(processing));
  for (const { code, stderr } of ran)
    expect([code, stderr.includes("Another process")]).toEqual([code ? 1 : 0, code === 1]);
  expect(ran.some(({ code }) => code === 0)).toBe(true);
  const asked = await runSdk(["ask", "--avatars", avatar.avatars, "What is tea?"]);
  expect(asked.stdout).toContain("a bitter leaf");
});

test("a run that is killed in the middle of a corpus is made up for by the next", async () => {
  const text = Array.from({ length: 4_000 }, (_, n) => `## Chapter ${n}\n\nThe ship number ${n} came home with wool.`);
  await writeFile(path.join(avatar.root, "corpus/open-access/essays.md"), text.join("\n\n"));
  const first = spawn(process.execPath, [SDK, "process", "--avatars", avatar.avatars], { stdio: "ignore" });
  await sleep(900);
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(await processing()).toMatchObject({ code: 0, stderr: "" });
  const { stdout } = await runSdk(["process", "--no-vectors", "--json", "--avatars", avatar.avatars]);
  const { passages, changed, documents } = JSON.parse(stdout);
  expect([changed, documents.map((one: { status: string }) => one.status)]).toEqual([false, ["ready", "ready"]]);
  expect(passages).toBeGreaterThan(4_000);
});

test("what is locked is the folder, however it is spelled, and it is let go when the work fails", async () => {
  expect(folderLock(`${avatar.root}/../ann-lee/`)).toBe(folderLock(avatar.root));
  await expect(withLock("x", "a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const seen: string[] = [];
  await withLock("x", "a", async () => {
    await expect(withLock("x", "a", async () => seen.push("inner"))).rejects.toMatchObject({ code: "busy" });
    await withLock("y", "a", async () => seen.push("other"));
  });
  expect(seen).toEqual(["other"]);
});
