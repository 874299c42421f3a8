import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildWhenStale } from "../../scripts/build.ts";
import { type Installation, isAlive, processTree, removeData, startInstallation } from "../support/installation.ts";
import { newUsername } from "../support/services.ts";

let running: Installation;
let key: string;
/** Requests answered with 200 since the installation was made, and those whose answer never came. */
let acknowledged = 0;
let lost = 0;

beforeAll(async () => {
  await buildWhenStale(path.join(import.meta.dirname, "../.."));
  running = await startInstallation();
  key = /key=(pk_live_\w+)/.exec(running.output())?.[1] ?? "";
}, 120_000);

afterAll(async () => {
  await running.stop();
  await removeData(running);
});

/** The status of one request on a connection of its own; 0 when there was no answer. */
async function request(): Promise<number> {
  const address = `${running.url}/v1/avatar?${new URLSearchParams({ key, username: newUsername() })}`;
  const status = await fetch(address, { headers: { connection: "close" }, signal: AbortSignal.timeout(12_000) }).then(
    (answer) => answer.arrayBuffer().then(() => answer.status),
    () => 0,
  );
  if (status === 200) acknowledged++;
  if (status === 0) lost++;
  return status;
}

/** Requests, eight at a time, until told to stop. */
function load(): { answered: number[]; stop(): Promise<void> } {
  const answered: number[] = [];
  let on = true;
  const clients = Array.from({ length: 8 }, async () => {
    while (on) answered.push(await request());
  });
  return {
    answered,
    stop: async () => {
      on = false;
      await Promise.all(clients);
    },
  };
}

async function restart(): Promise<void> {
  running = await startInstallation({ dataDirectory: running.dataDirectory, port: Number(new URL(running.url).port) });
}

async function childRunning(program: string): Promise<number> {
  const { execFileSync } = await import("node:child_process");
  for (const pid of await processTree(running.pid)) {
    if (execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).includes(program)) return pid;
  }
  throw new Error(`${program} does not run`);
}

/** Every acknowledged request was counted once, those without an answer at most once, and the rows agree. */
async function expectNothingLost(): Promise<void> {
  type Told = { usage: { metric: string; used: number }[]; repairs: unknown[] };
  const { usage, repairs } = await running.avtrz<Told>("usage", "--reconcile");
  const used = usage.find(({ metric }) => metric === "avatar_requests")?.used ?? 0;
  expect(used).toBeGreaterThanOrEqual(acknowledged);
  expect(used).toBeLessThanOrEqual(acknowledged + lost);
  expect(repairs).toEqual([]);
}

test("H-JOB-114 a worker that is killed is started again", async () => {
  const worker = await childRunning("worker.ts");
  process.kill(worker, "SIGKILL");
  await expect.poll(() => childRunning("worker.ts").catch(() => worker), { timeout: 10_000 }).not.toBe(worker);
  expect(await request()).toBe(200);
});

test("H-QUOTA-71 a database that is killed under load comes back by itself, with every acknowledged request", async () => {
  const clients = load();
  await expect.poll(() => clients.answered.length, { timeout: 20_000 }).toBeGreaterThan(30);
  process.kill(await childRunning("embedded-database/process.ts"), "SIGKILL");
  await expect.poll(() => clients.answered.includes(503), { timeout: 10_000 }).toBe(true);
  const before = clients.answered.length;
  await expect.poll(() => clients.answered.slice(before).includes(200), { timeout: 20_000 }).toBe(true);
  await clients.stop();
  expect([...new Set(clients.answered)].sort()).toEqual([200, 503]);
  // A 503 may stand for a unit whose commit was not heard of.
  lost += clients.answered.filter((status) => status === 503).length;
  await expectNothingLost();
});

test("H-QUOTA-65 kill -9 of the server leaves no process behind and loses no acknowledged request", async () => {
  const clients = load();
  await expect.poll(() => clients.answered.length, { timeout: 20_000 }).toBeGreaterThan(30);
  const family = await processTree(running.pid);
  await running.kill();
  await clients.stop();
  await expect.poll(() => family.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  await restart();
  await expectNothingLost();
});

test("H-JOB-117 SIGTERM under load: what is under way is answered, and all ends within 10 seconds", async () => {
  const family = await processTree(running.pid);
  const underWay = Array.from({ length: 40 }, request);
  // The first answer says that the server has taken them up.
  await Promise.race(underWay);
  const begun = Date.now();
  await running.stop();
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(await Promise.all(underWay)).toEqual(underWay.map(() => 200));
  expect(await running.exited()).toBe(0);
  await expect.poll(() => family.filter(isAlive), { timeout: 2_000 }).toEqual([]);
  await restart();
  expect(running.output()).toContain(key);
  await expectNothingLost();
});

test("H-IMG-92 while photos cannot be stored there is art within 2 seconds, and no restart is needed afterwards", async () => {
  const objects = path.join(running.dataDirectory, "objects");
  const aside = `${objects}.aside`;
  await mkdir(objects, { recursive: true });
  await rename(objects, aside);
  await writeFile(objects, "in the way");
  try {
    const begun = Date.now();
    expect(await request()).toBe(200);
    expect(Date.now() - begun).toBeLessThan(2_000);
    const photo = await fetch(`${running.url}/cdn/${"0".repeat(64)}/64.webp`);
    expect([404, 503]).toContain(photo.status);
  } finally {
    await rm(objects);
    await rename(aside, objects);
  }
  expect(await request()).toBe(200);
});
