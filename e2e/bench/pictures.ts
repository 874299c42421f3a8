/**
 * A metered `/v1/avatar` and its `/cdn` picture at 64 connections, beside a bare Next route handler and a bare node:http
 * server; what the service took of memory after that load, and how long it takes to start.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { createOnServer } from "../support/database-server.ts";
import { freePort, removeData, startInstallation } from "../support/installation.ts";
import { startBareNext } from "./bare-next-server.ts";
import { type Footprint, footprintOf } from "./footprint.ts";
import { firstAnswer, load, type Target } from "./measure.ts";
import { inRounds, printRows, type Row, type Task } from "./rounds.ts";
import { prepareWorkspace } from "./workspace.ts";

const CONNECTIONS = 64;
const UNBOUNDED = { AVTRZ_RATE_LIMIT_KEY: "1000000000", AVTRZ_RATE_LIMIT_ORGANIZATION: "1000000000" };
const BARE_NEXT = "bare Next route handler";

type Pictures = { rows: Row[]; footprints: Record<string, Footprint>; startMs: Record<string, number> };

export async function benchPictures(options: { seconds: number; rounds: number }): Promise<Pictures> {
  const closing: (() => unknown)[] = [];
  try {
    const bareNext = `${await startBareNext(closing)}/bare`;
    const tasks: Task[] = [
      taskOf({ name: "bare node:http server", url: await startBareHttp(closing), status: 302 }),
      { ...taskOf({ name: BARE_NEXT, url: bareNext, status: 302 }), yardstick: null },
    ];
    const startMs: Record<string, number> = {};
    const pids: Record<string, number> = {};
    for (const [where, environment] of Object.entries(await databases(closing))) {
      const { running, ms } = await startTwice(environment, closing);
      startMs[where] = ms;
      pids[where] = running.pid;
      tasks.push(...(await prepareWorkspace(running, where)).map(taskOf));
    }
    const rows = await inRounds(tasks, options);
    const footprints: Record<string, Footprint> = {};
    for (const [where, pid] of Object.entries(pids)) footprints[where] = await footprintOf(pid);
    return { rows, footprints, startMs };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

export function reportPictures({ rows, footprints, startMs }: Pictures): void {
  console.log(`${CONNECTIONS} connections`);
  printRows(rows, "of Next", (ratio) => `${ratio.toFixed(1)} x`);
  for (const [where, ms] of Object.entries(startMs))
    console.log(`start to first answer, ${where}: ${(ms / 1_000).toFixed(1)} s`);
  for (const [where, { pssMb, rssMb, processes }] of Object.entries(footprints)) {
    const parts = processes.map((one) => `${one.what} ${one.pssMb}`).join(", ");
    console.log(
      `memory after the load, ${where}: ${pssMb} MB (${parts}; resident sizes add up to ${rssMb}, shared pages counted again)`,
    );
  }
}

function taskOf(target: Target): Task {
  return { name: target.name, yardstick: BARE_NEXT, run: (seconds) => load(target, CONNECTIONS, seconds) };
}

/** Where the service keeps its rows: the embedded database, and a database on the server that TEST_DATABASE_URL names. */
async function databases(closing: (() => unknown)[]): Promise<Record<string, Record<string, string>>> {
  if (!process.env["TEST_DATABASE_URL"]) return { "embedded database": {} };
  const database = await createOnServer();
  closing.push(database.remove);
  return { "embedded database": {}, PostgreSQL: { DATABASE_URL: database.url } };
}

/** The second start is the one that people wait for: everything is there. */
async function startTwice(more: Record<string, string>, closing: (() => unknown)[]) {
  const environment = { ...UNBOUNDED, ...more };
  const first = await startInstallation({ environment });
  await first.stop();
  const started = performance.now();
  const running = await startInstallation({ environment, dataDirectory: first.dataDirectory, wait: false });
  closing.push(async () => {
    await running.stop();
    await removeData(running);
  });
  await firstAnswer(`${running.url}/healthz`);
  return { running, ms: performance.now() - started };
}

async function startBareHttp(closing: (() => unknown)[]): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "bare-http.ts"), String(port)], {
    stdio: "ignore",
  });
  closing.push(() => child.kill());
  const url = `http://localhost:${port}/`;
  await firstAnswer(url);
  return url;
}
