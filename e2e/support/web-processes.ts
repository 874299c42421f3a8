import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject, onTestFinished } from "vitest";
import { testConfig } from "./services.ts";

export type WebProcess = {
  url: string;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
};

/** Starts a process that serves (web-process.ts); it is gone when the test ends. No `databaseUrl`: an embedded one of its own. */
export async function startWebProcess(options: {
  dataDirectory: string;
  databaseUrl?: string;
  environment?: Record<string, string>;
}): Promise<WebProcess> {
  const { secret, redis } = testConfig();
  const child = fork(path.join(import.meta.dirname, "web-process.ts"), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: {
      NODE_ENV: "production",
      AVTRZ_DATA_DIR: options.dataDirectory,
      AVTRZ_SECRET: secret,
      LOG_LEVEL: "silent",
      ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
      ...(redis?.kind === "redis" ? { REDIS_URL: redis.url } : {}),
      ...options.environment,
    },
  });
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async () => {
    child.kill("SIGKILL");
    await exit;
  };
  onTestFinished(kill);
  return { url: `http://127.0.0.1:${await portOf(child)}`, kill };
}

/** Starts so many on the run's database and one data directory. */
export async function startWebProcesses(
  count: number,
  environment: Record<string, string> = {},
): Promise<WebProcess[]> {
  const options = { dataDirectory: await temporaryDirectory(), databaseUrl: inject("databaseUrl"), environment };
  return Promise.all(Array.from({ length: count }, () => startWebProcess(options)));
}

/** A directory that is removed when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-web-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve((message as { port: number }).port));
    child.once("exit", (code) => reject(new Error(`the web process ended with code ${code}`)));
  });
}
