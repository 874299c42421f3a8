/** A worker process that looks people up, on DATABASE_URL and with the providers of its environment, and does nothing else. */
import { readConfig } from "../../lib/platform/config.ts";
import { createServices } from "../../lib/services.ts";

const services = await createServices(readConfig(), { role: "worker" });
await services.enrichment.worker.start();
process.on("message", () => services.jobs.wake());
process.send?.("ready");
process.once("disconnect", () => process.exit(0));
