import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { embeddedLocation } from "./embedded-database/location.ts";
import { AppError } from "./errors.ts";

export type EmbeddedDatabase = {
  url: string;
  /** Asks the process to end and waits until it has. */
  stop(): Promise<void>;
};

const PROGRAM = path.join(import.meta.dirname, "embedded-database", "process.ts");
const EXIT_IN_USE = 3;
const RESTART_AFTER_MS = 200;
const MAX_RESTART_AFTER_MS = 5_000;
/** A database that has not answered for so long, with its process alive, hangs; no statement of ours takes that long. */
const HANGS_AFTER_MS = 60_000;

/**
 * Starts the embedded database of a data directory in a process of its own, and starts it again whenever that
 * process dies or hangs (clients reconnect by themselves). Throws AppError `data_directory_in_use` when another
 * process has it open. `holder` is how that other process's user will be told who we are.
 */
export async function startEmbeddedDatabase(
  dataDirectory: string,
  holder: string,
  options: { onTrouble?: (detail: string) => void; hangsAfterMs?: number } = {},
): Promise<EmbeddedDatabase> {
  const { onTrouble = () => undefined, hangsAfterMs = HANGS_AFTER_MS } = options;
  const location = embeddedLocation(dataDirectory);
  let stopped = false;
  let child = await start();
  superviseFrom(child);
  let answeredAt = Date.now();
  let pulse = setTimeout(checkPulse, hangsAfterMs / 4).unref();

  async function start(): Promise<ChildProcess> {
    if (!existsSync(location.files)) {
      // Creating the files takes three times the memory of serving them, and WebAssembly gives none of it back.
      await running(fork(PROGRAM, [dataDirectory, holder, "--initialize"], FORK), dataDirectory, "exit");
    }
    const process = fork(PROGRAM, [dataDirectory, holder], FORK);
    await running(process, dataDirectory, "message");
    return process;
  }

  function superviseFrom(process: ChildProcess): void {
    process.once("exit", async (code, signal) => {
      if (stopped) return;
      onTrouble(`the embedded database ended (${signal ?? code}) and is being started again`);
      // A full disk stops it from starting; there may be room again in a moment.
      for (let wait = RESTART_AFTER_MS; !stopped; wait = Math.min(wait * 2, MAX_RESTART_AFTER_MS)) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        try {
          child = await start();
          answeredAt = Date.now();
          if (stopped) child.kill("SIGTERM");
          return superviseFrom(child);
        } catch (error) {
          onTrouble(`the embedded database does not start: ${(error as Error).message}`);
        }
      }
    });
  }

  async function checkPulse(): Promise<void> {
    const client = new pg.Client({
      connectionString: location.url,
      connectionTimeoutMillis: hangsAfterMs,
      query_timeout: hangsAfterMs,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query("select 1");
      answeredAt = Date.now();
    } catch {
      if (!stopped && Date.now() - answeredAt > hangsAfterMs) {
        onTrouble("the embedded database hangs");
        answeredAt = Date.now();
        child.kill("SIGKILL");
      }
    } finally {
      void client.end().catch(() => undefined);
      if (!stopped) pulse = setTimeout(checkPulse, hangsAfterMs / 4).unref();
    }
  }

  return {
    url: location.url,
    stop: async () => {
      stopped = true;
      clearTimeout(pulse);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

// Its memory is WebAssembly's; JavaScript needs little, and one arena keeps the allocator from holding on to more.
const FORK: ForkOptions = {
  execArgv: ["--max-semi-space-size=2"],
  stdio: ["ignore", "ignore", "inherit", "ipc"],
  env: { ...process.env, MALLOC_ARENA_MAX: "1" },
};

async function running(child: ChildProcess, dataDirectory: string, until: "message" | "exit"): Promise<void> {
  let problem = "";
  const code = await new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
    child.on("message", (message: { failed?: string }) => {
      if (message.failed) problem = message.failed;
      else if (until === "message") resolve(0);
    });
  });
  if (code === EXIT_IN_USE) {
    throw new AppError("data_directory_in_use", {
      fields: { holder: await describeHolder(dataDirectory), directory: path.resolve(dataDirectory) },
    });
  }
  if (code !== 0) {
    throw new AppError("database_unusable", {
      fields: {
        address: `in ${embeddedLocation(dataDirectory).files}`,
        problem: problem || `it ended with code ${code} before it was ready`,
      },
    });
  }
}

async function describeHolder(dataDirectory: string): Promise<string> {
  try {
    const { holder, pid } = JSON.parse(await readFile(embeddedLocation(dataDirectory).holder, "utf8"));
    return `${holder}, process ${pid}`;
  } catch {
    return "an unknown process";
  }
}
