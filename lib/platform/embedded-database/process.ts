/**
 * The embedded database, a process of its own: PostgreSQL in WebAssembly behind a Unix socket.
 * Run as `process.ts <data directory> <who starts it> [--initialize]`. It ends with its parent.
 */
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import pg from "pg";
import { lockFile } from "../file-lock.ts";
import { embeddedLocation } from "./location.ts";
import { withWholeExchanges } from "./whole-exchanges.ts";

/** Exit code when another process has the database open. */
const EXIT_IN_USE = 3;
const VACUUM_EVERY_MS = 30 * 60_000;

// PGlite's defaults reserve 160 MB of shared buffers; the files are in the system's cache anyway.
const PARAMETERS = ["shared_buffers=16MB", "wal_buffers=1MB", "max_wal_size=128MB", "TimeZone=UTC"];

const [dataDirectory = "", holder = "", mode] = process.argv.slice(2);
const location = embeddedLocation(dataDirectory);

// What the parent tells its user; a stack would tell nobody anything.
const fail = (error: unknown): void => {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
  if (!process.connected) process.exit(1);
};
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

await mkdir(path.dirname(location.files), { recursive: true, mode: 0o700 });
const lock = lockFile(location.lock, 2_000) ?? process.exit(EXIT_IN_USE);
if (mode === "--initialize") {
  // Made aside and renamed when whole: a first start that is killed leaves nothing that looks like a database.
  const draft = `${location.files}.draft`;
  await rm(draft, { recursive: true, force: true });
  await (await PGlite.create(draft)).close();
  await rename(draft, location.files);
  lock.release();
  process.exit(0);
}

const db = await PGlite.create(location.files, {
  startParams: [...PGlite.defaultStartParams, ...PARAMETERS.flatMap((parameter) => ["-c", parameter])],
});
await mkdir(location.socketDirectory, { recursive: true, mode: 0o700 });
await rm(location.socket, { force: true });
const server = new PGLiteSocketServer({ db: withWholeExchanges(db), path: location.socket, maxConnections: 100 });
await server.start();
await chmod(location.socket, 0o600);
await writeFile(location.holder, JSON.stringify({ holder, pid: process.ppid, since: new Date().toISOString() }));

// Autovacuum does not run here. A vacuum holds everybody up, so it goes table by table, between other work.
// As a client like any other: only the socket's queue keeps it out of somebody's transaction.
const vacuum = setInterval(async () => {
  const client = new pg.Client({ connectionString: location.url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables where n_dead_tup > 500",
    );
    for (const { name } of rows) await client.query(`vacuum analyze ${name}`);
  } catch {
    // It comes round again.
  } finally {
    await client.end().catch(() => undefined);
  }
}, VACUUM_EVERY_MS);
vacuum.unref();

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // Stopping can hang on a client that died; every acknowledged commit is in the files already.
  setTimeout(() => process.exit(0), 3_000).unref();
  await server.stop();
  await db.close();
  await rm(location.socket, { force: true });
  lock.release();
  process.exit(0);
}
// Ctrl-C reaches the whole process group; only the parent knows when the last request is answered.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", stop);
process.on("disconnect", stop);
if (!process.connected) await stop();
process.send?.({ ready: true });
