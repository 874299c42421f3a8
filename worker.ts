/**
 * The worker, a process of its own: looks people up, prepares their photos, has the files of personas read, and keeps
 * house. It is told by its parent
 * when there is something new, looks for itself every two seconds otherwise, and ends with its parent.
 */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { ReadPersona } from "#lib/corpora";
import { readConfig } from "#lib/platform/config";
import { createServices } from "#lib/services";

const services = await createServices(readConfig(), { role: "worker" });
const { jobs, log, enrichment, housekeeping, personas, imports, webhooks } = services;
await enrichment.worker.start();
await housekeeping.start();
imports.worker.start();
webhooks.sender.start();

const readers = new Set<ChildProcess>();
const readInChild: ReadPersona = (personaId, lease) =>
  new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, "reader.ts"), [personaId, lease], {
      execArgv: ["--max-old-space-size=768"],
    });
    readers.add(child);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      readers.delete(child);
      if (code === 0) resolve();
      else reject(new Error(`the process that read them ended (${signal ?? code})`));
    });
  });
personas.readers.start(readInChild);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), 8_000).unref();
  enrichment.worker.stop();
  personas.readers.stop();
  for (const reader of readers) reader.kill("SIGKILL");
  await services.close();
  process.exit(0);
}
// Ctrl-C reaches the whole process group; only the parent knows when the last request is answered.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", stop);
process.on("disconnect", stop);
process.on("message", (message) => {
  if (message === "wake") jobs.wake();
});
process.on("unhandledRejection", (error) => {
  log.fatal({ err: error }, "the worker failed and will be started again");
  process.exit(1);
});
process.send?.("ready");
