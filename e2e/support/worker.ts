import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A process that does one part of a worker's work (see worker-process.ts), until it is killed or the test ends. */
export async function startWorkerProcess(
  part: "look-ups" | "webhooks",
  environment: Record<string, string>,
): Promise<{ child: ChildProcess; kill(): Promise<void> }> {
  const child = fork(path.join(import.meta.dirname, "worker-process.ts"), [part], {
    env: { ...environment, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async () => {
    child.kill("SIGKILL");
    await exit;
  };
  onTestFinished(kill);
  await new Promise((resolve) => child.once("message", resolve));
  return { child, kill };
}
