import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { buildWhenStale } from "../../scripts/build.ts";
import {
  freePort,
  type Installation,
  isAlive,
  processTree,
  removeData,
  startInstallation,
} from "../support/installation.ts";
import { listen } from "../support/loopback.ts";
import { testConfig } from "../support/services.ts";

let first: Installation;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "avtrz-faults-"));
  await buildWhenStale(path.join(import.meta.dirname, "../.."));
  first = await startInstallation();
}, 120_000);

afterAll(async () => {
  await first.stop();
  await removeData(first);
  await rm(folder, { recursive: true });
});

/** The database of the test run, which is quicker than making a new one. */
const onRunsDatabase = () => ({ DATABASE_URL: inject("databaseUrl"), AVTRZ_SECRET: testConfig().secret ?? "" });

/** A start that must be refused: what it said, once nothing of it is left. */
async function refusedStart(environment: Record<string, string>): Promise<string> {
  const dataDirectory = environment["AVTRZ_DATA_DIR"] ?? path.join(folder, `data-${Math.random()}`);
  const start = await startInstallation({ environment, dataDirectory, wait: false });
  const seen = new Set<number>();
  const look = setInterval(async () => {
    for (const pid of await processTree(start.pid)) seen.add(pid);
  }, 200);
  const code = await start.exited();
  clearInterval(look);
  expect(code, start.output()).toBe(1);
  await expect.poll(() => [...seen].filter(isAlive), { timeout: 5_000 }).toEqual([]);
  expect(start.output()).not.toMatch(/^\s+at /m);
  return start.output().replace(/^✓ Running next.config.*\n/m, "");
}

test("a second start on the same data directory is refused, and the first goes on", async () => {
  const said = await refusedStart({ AVTRZ_DATA_DIR: first.dataDirectory });
  expect(said).toMatch(
    /^Another Avtrz \(http:\/\/localhost:\d+, process \d+\) already runs on the data directory .+\.\n.+\n$/,
  );
  expect(said).toContain(`process ${first.pid}`);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
});

test("a port that is taken", async () => {
  const { port } = new URL(first.url);
  expect(await refusedStart({ ...onRunsDatabase(), PORT: port })).toBe(
    `Avtrz cannot listen on port ${port}: another program listens there.\nStop the program that has it, or choose another with PORT and HOST.\n`,
  );
});

test("a data directory that is a file, lies below one, cannot be made, or holds a broken database", async () => {
  const file = path.join(folder, "file");
  await writeFile(file, "");
  const broken = path.join(folder, "broken");
  await mkdir(path.join(broken, "postgres"), { recursive: true });
  await writeFile(path.join(broken, "postgres/PG_VERSION"), "1");
  const locked = path.join(folder, "locked");
  await mkdir(path.join(locked, "postgres.lock"), { recursive: true });
  const cases: [string, string][] = [
    [file, `The data directory ${file} cannot be used: it, or a part of its path, is a file.\n`],
    [`${file}/deep`, `The data directory ${file}/deep cannot be used: it, or a part of its path, is a file.\n`],
    ["/dev/null/deep", "The data directory /dev/null/deep cannot be used: "],
    [broken, `The database in ${broken}/postgres cannot be used: `],
    [locked, `The database in ${locked}/postgres cannot be used: unable to open database file.\n`],
  ];
  const said = await Promise.all(cases.map(([directory]) => refusedStart({ AVTRZ_DATA_DIR: directory })));
  for (const [index, [, sentence]] of cases.entries()) expect(said[index]?.slice(0, sentence.length)).toBe(sentence);
});

test("a DATABASE_URL where nobody answers, someone is silent, or the password is refused", async () => {
  const silent = await listen(createTcpServer());
  const strict = await listen(
    createTcpServer((socket) => socket.once("data", () => socket.end(errorResponse("28P01")))),
  );
  onTestFinished(async () => void (await Promise.all([silent.stop(), strict.stop()])));
  const nobody = await freePort();
  const cases: [number, string][] = [
    [nobody, "nothing answers there"],
    [silent.port, "it does not answer"],
    [strict.port, "it refuses the user name or the password"],
  ];
  const said = await Promise.all(
    cases.map(([port]) => refusedStart({ DATABASE_URL: `postgres://avtrz:hunter2@127.0.0.1:${port}/avtrz` })),
  );
  for (const [index, [port, problem]] of cases.entries()) {
    expect(said[index]).toContain(`The database avtrz at 127.0.0.1:${port} cannot be used: ${problem}.\n`);
    expect(said[index]).not.toContain("hunter2");
  }
});

test("every setting that is wrong is named at once", async () => {
  const said = await refusedStart({ PORT: "http", LOG_LEVEL: "loud", REDIS_URL: "nonsense" });
  for (const name of ["PORT", "LOG_LEVEL", "REDIS_URL"]) expect(said).toContain(`  ${name}: `);
});

/** PostgreSQL's ErrorResponse with a SQLSTATE. */
function errorResponse(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0Mpassword authentication failed\0\0`);
  const head = Buffer.alloc(5, "E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
