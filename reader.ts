/**
 * Reads the files of one persona and makes its index, in a process of its own that the worker starts: a book takes
 * memory and time that people who wait for a face should not lack, and a file that kills its reader kills nothing else.
 * It ends with its parent. Arguments: the persona's id and the lease under which it is read.
 */
import { setPriority } from "node:os";
import { readConfig } from "#lib/platform/config";
import { createServices } from "#lib/services";

const NICE = 10;
// Whoever waits for a face comes first.
setPriority(NICE);

const [personaId = "", lease = ""] = process.argv.slice(2);
// Ctrl-C reaches the whole process group; only the parent knows when it is over.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));

const services = await createServices(readConfig(), { role: "worker" });
await services.personas.read(personaId, lease);
await services.close();
process.exit(0);
