/**
 * A worker process that does one part of a worker's work, on DATABASE_URL and with the settings of its environment, for
 * tests that kill it: `imports` (their lease is a second long, and they commit often), `look-ups` or `webhooks`. Its clock
 * is CLOCK_AHEAD_MS ahead. A message wakes it.
 */
import { readConfig } from "../../lib/platform/config.ts";
import { createServices } from "../../lib/services.ts";

const ahead = Number(process.env["CLOCK_AHEAD_MS"] ?? 0);
const services = await createServices(readConfig(), {
  role: "worker",
  clock: { now: () => Date.now() + ahead },
  imports: { leaseSeconds: 1, batchMs: 100 },
});
const part = process.argv[2];
if (part === "imports") services.imports.worker.start();
else if (part === "look-ups") await services.enrichment.worker.start();
else if (part === "webhooks") services.webhooks.sender.start();
else throw new Error(`no part of a worker is called ${part}`);
process.on("message", () => services.jobs.wake());
process.send?.("ready");
process.once("disconnect", () => process.exit(0));
