/**
 * `npm run bench [-- --seconds 4 --rounds 3 --json --only tools|import]`: how fast the service is on this machine, beside a bare Next route
 * handler and a bare node:http server in the same run. All servers stand side by side and are measured in turn, round
 * by round, so that a machine that slows down slows all of them; quote the ratios. The load generator is a process of
 * its own. With TEST_DATABASE_URL the service is measured on that PostgreSQL too.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import { buildWhenStale } from "../../scripts/build.ts";
import { createOnServer } from "../support/database-server.ts";
import { freePort, type Installation, removeData, startInstallation } from "../support/installation.ts";
import { measureColdPhotos } from "./cold-photos.ts";
import { type Footprint, footprintOf } from "./footprint.ts";
import { type ImportRows, measureImportRows, reportImport } from "./import-rows.ts";
import { firstAnswer, load, type Measurement, median, type Target } from "./measure.ts";
import { benchTools, reportTools } from "./tools.ts";
import { prepareWorkspace } from "./workspace.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    /** `tools` measures tool calls alone, `import` the import of 100,000 rows. */
    only: { type: "string" },
  },
});
const CONNECTIONS = 64;
const UNBOUNDED = { AVTRZ_RATE_LIMIT_KEY: "1000000000", AVTRZ_RATE_LIMIT_ORGANIZATION: "1000000000" };

type Row = { name: string; rate: number; p50: number; p99: number; ratio: number | null };

const say = (text: string) => values.json || console.log(text);
if (values.only !== "import") await buildWhenStale(ROOT);
const closing: (() => unknown)[] = [];
try {
  await (values.only === "tools" ? runTools() : values.only === "import" ? runImport() : run());
} finally {
  for (const close of closing.reverse()) await close();
}

async function run(): Promise<void> {
  say("Starting the servers …");
  const bareNext = await startBareNext();
  const bareHttp = await startBareHttp();
  const embedded = await installation({});
  const embeddedTargets = await prepareWorkspace(embedded.running, "embedded database");
  const targets: Target[] = [bareHttp, bareNext, ...embeddedTargets];
  let postgres: Awaited<ReturnType<typeof installation>> | undefined;
  if (process.env["TEST_DATABASE_URL"]) {
    const database = await createOnServer();
    closing.push(database.remove);
    postgres = await installation({ DATABASE_URL: database.url });
    targets.push(...(await prepareWorkspace(postgres.running, "PostgreSQL")));
  } else say("TEST_DATABASE_URL is not set: PostgreSQL is not measured.");

  const seconds = Number(values.seconds);
  for (const target of targets) await load(target, CONNECTIONS, Math.min(3, seconds));
  const rounds: Map<string, Measurement>[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const results = new Map<string, Measurement>();
    for (const target of targets) results.set(target.name, await load(target, CONNECTIONS, seconds));
    rounds.push(results);
  }
  const rows = targets.map(({ name }) => summarize(name, rounds, bareNext.name));
  const footprints: Record<string, Footprint> = { embedded: await footprintOf(embedded.running.pid) };
  if (postgres) footprints["postgres"] = await footprintOf(postgres.running.pid);
  const cold = await measureColdPhotos();
  const tools = await benchTools({ seconds, rounds: Number(values.rounds) });
  const imports = await benchImport();
  const startMs = { embedded: embedded.startMs, postgres: postgres?.startMs ?? null };
  if (values.json)
    console.log(JSON.stringify({ connections: CONNECTIONS, rows, tools, imports, cold, footprints, startMs }, null, 2));
  else {
    report(rows, cold, footprints, startMs);
    reportTools(tools);
    reportImport(imports);
  }
}

async function runImport(): Promise<void> {
  const imports = await benchImport();
  if (values.json) console.log(JSON.stringify({ imports }, null, 2));
  else reportImport(imports);
}

async function benchImport(): Promise<ImportRows[]> {
  say("Importing 100,000 rows …");
  const embedded = await measureImportRows("embedded");
  return process.env["TEST_DATABASE_URL"] ? [embedded, await measureImportRows("PostgreSQL")] : [embedded];
}

async function runTools(): Promise<void> {
  say("Starting the servers …");
  const rows = await benchTools({ seconds: Number(values.seconds), rounds: Number(values.rounds) });
  if (values.json) console.log(JSON.stringify({ tools: rows }, null, 2));
  else reportTools(rows);
}

async function installation(environment: Record<string, string>): Promise<{ running: Installation; startMs: number }> {
  const first = await startInstallation({ environment: { ...UNBOUNDED, ...environment } });
  await first.stop();
  // The second start is the one that people wait for: everything is there.
  const started = performance.now();
  const running = await startInstallation({
    environment: { ...UNBOUNDED, ...environment },
    dataDirectory: first.dataDirectory,
    wait: false,
  });
  closing.push(async () => {
    await running.stop();
    await removeData(running);
  });
  await firstAnswer(`${running.url}/healthz`);
  return { running, startMs: performance.now() - started };
}

function summarize(name: string, rounds: Map<string, Measurement>[], yardstick: string): Row {
  const of = (read: (result: Measurement) => number) =>
    median(rounds.map((results) => read(results.get(name) as Measurement)));
  const ratios = rounds.map((results) => (results.get(name)?.rate ?? 0) / (results.get(yardstick)?.rate ?? 1));
  return {
    name,
    rate: of((r) => r.rate),
    p50: of((r) => r.p50),
    p99: of((r) => r.p99),
    ratio: name === yardstick ? null : median(ratios),
  };
}

function report(
  rows: Row[],
  cold: Awaited<ReturnType<typeof measureColdPhotos>>,
  footprints: Record<string, Footprint>,
  startMs: Record<string, number | null>,
): void {
  console.log(`\n${CONNECTIONS} connections, median of ${values.rounds} rounds of ${values.seconds} s\n`);
  console.log(
    `${"".padEnd(44)}${"a second".padStart(10)}${"p50 ms".padStart(9)}${"p99 ms".padStart(9)}${"of Next".padStart(9)}`,
  );
  for (const { name, rate, p50, p99, ratio } of rows) {
    const cells = [
      Math.round(rate).toLocaleString("en").padStart(10),
      p50.toFixed(2).padStart(9),
      p99.toFixed(2).padStart(9),
    ];
    console.log(`${name.padEnd(44)}${cells.join("")}${(ratio ? `${ratio.toFixed(1)} x` : "").padStart(9)}`);
  }
  console.log(
    `\ncold photo, CPU ms (decode, detect, crop, keep, one size): median ${cold.medianMs.toFixed(0)}, most ${cold.maxMs.toFixed(0)} of ${cold.photos}`,
  );
  for (const [name, ms] of Object.entries(startMs))
    if (ms) console.log(`start to first answer, ${name}: ${(ms / 1_000).toFixed(1)} s`);
  for (const [name, footprint] of Object.entries(footprints)) {
    const parts = footprint.processes.map((part) => `${part.what} ${part.pssMb}`).join(", ");
    console.log(
      `memory after the load, ${name}: ${footprint.pssMb} MB (${parts}; resident sizes add up to ${footprint.rssMb}, shared pages counted again)`,
    );
  }
}

async function startBareNext(): Promise<Target> {
  const directory = path.join(import.meta.dirname, "bare-next");
  const next = path.join(ROOT, "node_modules/next/dist/bin/next");
  const environment = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
  await promisify(execFile)(process.execPath, [next, "build"], { cwd: directory, env: environment });
  const port = await freePort();
  end(
    spawn(process.execPath, [next, "start", "-p", String(port)], { cwd: directory, stdio: "ignore", env: environment }),
  );
  const url = `http://localhost:${port}/bare`;
  await firstAnswer(url);
  return { name: "bare Next route handler", url, status: 302 };
}

async function startBareHttp(): Promise<Target> {
  const port = await freePort();
  end(spawn(process.execPath, [path.join(import.meta.dirname, "bare-http.ts"), String(port)], { stdio: "ignore" }));
  const url = `http://localhost:${port}/`;
  await firstAnswer(url);
  return { name: "bare node:http server", url, status: 302 };
}

function end(child: ChildProcess): void {
  closing.push(() => child.kill());
}
