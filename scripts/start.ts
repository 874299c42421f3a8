/**
 * `npm start`: builds when the build is stale, opens the database (the embedded one, or DATABASE_URL), migrates,
 * serves, and runs the worker; ends all of it on Ctrl-C. `--dev` serves the sources with hot reload instead.
 */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { loadPageFiles } from "../lib/docs/index.ts";
import { loadEnvironmentFile, readConfig } from "../lib/platform/config.ts";
import { prepareDataDirectory } from "../lib/platform/data-directory.ts";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "../lib/platform/embedded-database.ts";
import { CATALOG, isAppError } from "../lib/platform/errors.ts";
import { migrate } from "../lib/platform/migrate.ts";
import { createServices, type Services, shareServices, verifyInstallation } from "../lib/services.ts";
import { type RunningServer, startServer } from "../server.ts";
import { buildWhenStale } from "./build.ts";
import { prepareFirstWorkspace, welcome } from "./welcome.ts";

const ROOT = path.join(import.meta.dirname, "..");
const dev = process.argv.includes("--dev");

let embedded: EmbeddedDatabase | undefined;

try {
  await start();
} catch (error) {
  console.error(explain(error));
  await embedded?.stop();
  process.exit(1);
}

async function start(): Promise<void> {
  loadEnvironmentFile(path.join(ROOT, ".env"));
  let config = readConfig();
  await prepareDataDirectory(config.dataDirectory);
  if (!config.databaseUrl) {
    const onTrouble = (detail: string) => services?.log.error(detail);
    embedded = await startEmbeddedDatabase(config.dataDirectory, config.publicUrl, { onTrouble });
    config = { ...config, databaseUrl: embedded.url };
  }
  await migrate(config.databaseUrl as string);
  // Only now: a start that is refused must not replace the build of the one that runs.
  if (!dev) await buildWhenStale(ROOT);

  let services: Services | undefined;
  services = await createServices(config, { role: "web" });
  shareServices(Promise.resolve(services));
  for (const warning of config.warnings) services.log.warn(warning);
  await verifyInstallation(services);
  const first = await prepareFirstWorkspace(services);
  const server = await startServer(services, { dev });
  const worker = runWorker(services, config.databaseUrl as string);
  console.log(await welcome(services, first));
  endOnSignal({ services, server, worker });
  await keepDocumentation(services);
}

/** The persona that answers from our own pages keeps up with them; whatever it lacks, nobody waits for it. */
async function keepDocumentation({ config, personas, log, lifecycle }: Services): Promise<void> {
  try {
    await personas.keepBuiltIn(await loadPageFiles(config.publicUrl));
  } catch (error) {
    if (!lifecycle.stopping) log.warn({ err: error }, "the documentation's persona was not brought up to date");
  }
}

type Worker = { stop(): Promise<void> };

/** Keeps a worker running beside the server, and tells it when a request has queued something. */
function runWorker({ log, jobs }: Services, databaseUrl: string): Worker {
  let stopping = false;
  let child: ChildProcess;
  const launch = () => {
    child = fork(path.join(ROOT, "worker.ts"), {
      env: { ...process.env, DATABASE_URL: databaseUrl, MALLOC_ARENA_MAX: "2" },
      // A worker that imported nothing heavy yet needs little; photos are decoded outside the JavaScript heap.
      execArgv: ["--max-old-space-size=256", "--max-semi-space-size=4"],
    });
    child.once("exit", (code, signal) => {
      if (stopping) return;
      log.error(`the worker ended (${signal ?? code}); it is being started again`);
      setTimeout(() => !stopping && launch(), 500);
    });
  };
  launch();
  jobs.onWake(() => child.connected && child.send("wake"));
  return {
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** First nobody new, then those under way, then the worker, and the database last. */
function endOnSignal(parts: { services: Services; server: RunningServer; worker: Worker }): void {
  let ending = false;
  const end = async () => {
    if (ending) process.exit(130);
    ending = true;
    await Promise.all([parts.server.close(), parts.worker.stop()]);
    await parts.services.close();
    await embedded?.stop();
    process.exit(0);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  process.on("SIGHUP", end);
}

function explain(error: unknown): string {
  if (isAppError(error)) return `${error.message}\n${CATALOG[error.code].cure}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
