import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { embeddedLocation } from "./embedded-database/location.ts";
import { AppError } from "./errors.ts";

export type EmbeddedDatabase = {
  url: string;
  /** Asks the process to end and waits until it has. */
  stop(): Promise<void>;
};

const PROGRAM = path.join(import.meta.dirname, "embedded-database", "process.ts");
const EXIT_IN_USE = 3;
const RESTART_DELAY_MS = 200;

/**
 * Starts the embedded database of a data directory in a process of its own, and starts it again whenever that
 * process dies (clients reconnect by themselves). Throws AppError `data_directory_in_use` when another process
 * has it open. `holder` is how that other process's user will be told who we are.
 */
export async function startEmbeddedDatabase(
  dataDirectory: string,
  holder: string,
  onRestart: (detail: string) => void = () => undefined,
): Promise<EmbeddedDatabase> {
  const location = embeddedLocation(dataDirectory);
  const start = async (): Promise<ChildProcess> => {
    if (!existsSync(path.join(location.files, "PG_VERSION"))) {
      // Creating the files takes three times the memory of serving them, and WebAssembly gives none of it back.
      await running(fork(PROGRAM, [dataDirectory, holder, "--initialize"], FORK), dataDirectory, "exit");
    }
    const child = fork(PROGRAM, [dataDirectory, holder], FORK);
    await running(child, dataDirectory, "message");
    return child;
  };

  let stopped = false;
  let child = await start();
  const watch = () => {
    child.once("exit", async (code, signal) => {
      if (stopped) return;
      onRestart(`the embedded database ended (${signal ?? code})`);
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS));
      if (stopped) return;
      try {
        child = await start();
        watch();
      } catch (error) {
        onRestart(`the embedded database does not start again: ${(error as Error).message}`);
        process.exit(1);
      }
    });
  };
  watch();

  return {
    url: location.url,
    stop: async () => {
      stopped = true;
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
  const code = await new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
    if (until === "message") child.once("message", () => resolve(0));
  });
  if (code === EXIT_IN_USE) {
    throw new AppError("data_directory_in_use", {
      fields: { holder: await describeHolder(dataDirectory), directory: path.resolve(dataDirectory) },
    });
  }
  if (code !== 0) throw new Error(`the embedded database ended with code ${code} before it was ready`);
}

async function describeHolder(dataDirectory: string): Promise<string> {
  try {
    const { holder, pid } = JSON.parse(await readFile(embeddedLocation(dataDirectory).holder, "utf8"));
    return `${holder}, process ${pid}`;
  } catch {
    return "an unknown process";
  }
}
