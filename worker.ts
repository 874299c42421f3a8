/**
 * The worker, a process of its own: looks people up, prepares their photos, and keeps house. It is told by its parent
 * when there is something new, looks for itself every two seconds otherwise, and ends with its parent.
 */
import { readConfig } from "#lib/platform/config";
import { createServices } from "#lib/services";

const services = await createServices(readConfig(), { role: "worker" });
const { jobs, log, enrichment, housekeeping } = services;
await enrichment.worker.start();
await housekeeping.start();

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), 8_000).unref();
  enrichment.worker.stop();
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
