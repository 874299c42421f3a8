/**
 * A worker process that carries out imports, on DATABASE_URL, for tests that kill it. Its lease is a second long, and it
 * commits often.
 */
import { readConfig } from "../../lib/platform/config.ts";
import { createServices } from "../../lib/services.ts";

const services = await createServices(readConfig(), { role: "worker", imports: { leaseSeconds: 1, batchMs: 100 } });
services.imports.worker.start();
process.send?.("ready");
process.once("disconnect", () => process.exit(0));
