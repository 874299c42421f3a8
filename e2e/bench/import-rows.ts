import { fork } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { readConfig } from "../../lib/platform/config.ts";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { migrate } from "../../lib/platform/migrate.ts";
import { PLANS } from "../../lib/quotas/index.ts";
import { createServices } from "../../lib/services.ts";
import { createOnServer } from "../support/database-server.ts";
import { processTree } from "../support/installation.ts";

const ROWS = 100_000;
const HEADER =
  "Record ID,First Name,Last Name,Email,Job Title,Company Name,City,LinkedIn URL,Contact owner,Lead Status";

type ImportRows = {
  database: "embedded" | "PostgreSQL";
  rows: number;
  fileMb: number;
  seconds: number;
  /** The worker's highest resident size; 0 where /proc is not to be had. */
  peakMb: number;
  /** Of the database's process while it imports, when it is ours. */
  databasePeakMb: number;
};

/**
 * A HubSpot export of 100,000 rows, made on the spot, imported by a worker in a process of its own: from the moment it is
 * handed over to the moment its report is whole. Throws unless every row is accounted for: those taken, those merged
 * (1 in 100), those refused (1 in 100).
 */
async function measureImportRows(on: ImportRows["database"]): Promise<ImportRows> {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-bench-import-"));
  const closing: (() => unknown)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    const database = on === "embedded" ? await embedded(directory) : { ...(await createOnServer()), pid: 0 };
    closing.push(database.remove);
    await migrate(database.url);
    const environment = {
      DATABASE_URL: database.url,
      AVTRZ_DATA_DIR: directory,
      AVTRZ_SECRET: "a secret for a bench that is long enough",
      LOG_LEVEL: "error",
    };
    const services = await createServices(readConfig(environment));
    closing.push(() => services.close());
    const { id } = await services.organizations.create(
      { name: "Bench", plan: "self_hosted", limits: PLANS.self_hosted },
      "bench",
    );
    const file = path.join(directory, "contacts.csv");
    await pipeline(Readable.from(contacts()), createWriteStream(file));
    const { size } = await stat(file);

    const worker = fork(path.join(import.meta.dirname, "../../worker.ts"), [], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: WORKER_OPTIONS,
      env: { ...process.env, ...environment, NODE_ENV: "production", MALLOC_ARENA_MAX: "2" },
    });
    closing.push(() => worker.kill());
    await new Promise((resolve) => worker.once("message", resolve));
    const started = performance.now();
    const { id: importId } = await services.imports.start("operator", id, {
      path: file,
      name: "contacts.csv",
      bytes: size,
    });
    const preview = await services.imports.mapping.preview("operator", id, importId);
    await services.imports.mapping.begin("operator", id, importId, {
      fields: preview?.columns.map(({ field }) => field) ?? [],
    });
    await forgetPeak(database.pid);
    worker.send("wake");
    let state = await services.imports.get("operator", id, importId);
    while (state?.status === "waiting" || state?.status === "running") {
      await pause(100);
      state = await services.imports.get("operator", id, importId);
    }
    const seconds = (performance.now() - started) / 1_000;
    const peakMb = await peakOf(worker.pid);
    const databasePeakMb = await peakOf(database.pid);
    const [kept] = await services.db.query<{ n: number }>(
      "select count(*)::int as n from imported_person where organization_id = $1",
      [id],
    );
    const [told] = await services.db.query<{ n: number }>(
      "select count(*)::int as n from import_row where import_id = $1",
      [importId],
    );
    const { refused, merged, added } = EXPECTED;
    const found = {
      status: state?.status,
      added: state?.added,
      merged: state?.merged,
      refused: state?.refused,
      kept: kept?.n,
    };
    const right = { status: "done", added, merged, refused, kept: added };
    if (JSON.stringify(found) !== JSON.stringify(right) || told?.n !== ROWS)
      throw new Error(`of ${ROWS} rows ${JSON.stringify(found)}, ${told?.n} told; expected ${JSON.stringify(right)}`);
    return { database: on, rows: ROWS, fileMb: size / 1024 ** 2, seconds, peakMb, databasePeakMb };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const EXPECTED = { refused: ROWS / 100, merged: ROWS / 100, added: ROWS - (2 * ROWS) / 100 };

function* contacts(): Generator<string> {
  yield `${HEADER}\r\n`;
  let lines = "";
  for (let row = 0; row < ROWS; row++) {
    // Of a hundred rows one has no usable address, and one names the person before it.
    const nobody = row % 100 === 50;
    const person = row % 100 === 99 ? row - 1 : row;
    const address = nobody
      ? "https://www.linkedin.com/company/acme"
      : `https://www.linkedin.com/in/bench-person-${person}`;
    lines += `${row},Mária,"O’Brien ${row}",person-${person}@example.com,"Head of ""Things"", EMEA","Harbour & Vale, Ltd",Žilina,${address},owner@example.com,Open\r\n`;
    if (row % 1_000 === 999) {
      yield lines;
      lines = "";
    }
  }
}

/** As the start gives them to the worker. */
const WORKER_OPTIONS = ["--max-old-space-size=256", "--max-semi-space-size=4"];

async function embedded(directory: string) {
  const database = await startEmbeddedDatabase(directory, "the bench");
  const [pid = 0] = (await processTree(process.pid)).filter((one) => one !== process.pid);
  return { url: database.url, remove: database.stop, pid };
}

export async function benchImport(): Promise<ImportRows[]> {
  const embedded = await measureImportRows("embedded");
  return process.env["TEST_DATABASE_URL"] ? [embedded, await measureImportRows("PostgreSQL")] : [embedded];
}

export function reportImport(all: readonly ImportRows[]): void {
  for (const { database, rows, fileMb, seconds, peakMb, databasePeakMb } of all) {
    const memory = `worker ${peakMb} MB${databasePeakMb ? `, database ${databasePeakMb} MB` : ""} at most`;
    console.log(
      `import ${rows.toLocaleString("en")} rows (${fileMb.toFixed(1)} MB), ${database}: ${seconds.toFixed(1)} s, ${memory}`,
    );
  }
}

/** What a database took to be made and migrated is not the import's. */
async function forgetPeak(pid: number): Promise<void> {
  if (pid) await writeFile(`/proc/${pid}/clear_refs`, "5").catch(() => undefined);
}

async function peakOf(pid: number | undefined): Promise<number> {
  const status = pid ? await readFile(`/proc/${pid}/status`, "utf8").catch(() => "") : "";
  return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
}
