import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { withoutSettings } from "./installation.ts";
import { testConfig } from "./services.ts";

const PROGRAM = path.join(import.meta.dirname, "api-process.ts");

/** Starts so many web processes on the run's database, and gives their addresses; they end with the test. */
export async function startApiProcesses(count: number): Promise<string[]> {
  const { databaseUrl, secret, redis } = testConfig();
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-processes-"));
  const env = {
    ...withoutSettings(process.env),
    DATABASE_URL: databaseUrl,
    AVTRZ_SECRET: secret,
    AVTRZ_DATA_DIR: directory,
    LOG_LEVEL: "error",
    ...(redis?.kind === "redis" ? { REDIS_URL: redis.url } : {}),
  };
  const children = Array.from({ length: count }, () => fork(PROGRAM, [], { env, execArgv: [] }));
  onTestFinished(async () => {
    await Promise.all(
      children.map(async (child) => {
        const exit = once(child, "exit");
        child.kill("SIGKILL");
        await exit;
      }),
    );
    await rm(directory, { recursive: true, force: true });
  });
  return Promise.all(children.map(async (child) => `http://127.0.0.1:${(await once(child, "message"))[0]}`));
}
