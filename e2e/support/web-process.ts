/**
 * A web process as `npm start` makes one, without Next and the worker, so that a test can have several within seconds:
 * its own services on DATABASE_URL, or on an embedded database that is its child. Says on which port it listens.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sendResponse, toRequest } from "../../lib/http/index.ts";
import { findMount } from "../../lib/mounts.ts";
import { readConfig } from "../../lib/platform/config.ts";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { migrate } from "../../lib/platform/migrate.ts";
import { createServices } from "../../lib/services.ts";

let config = readConfig();
if (!config.databaseUrl) {
  config = { ...config, databaseUrl: (await startEmbeddedDatabase(config.dataDirectory, "a test")).url };
}
await migrate(config.databaseUrl as string);
const services = await createServices(config);
const server = createServer(async (message, response) => {
  const handler = findMount(new URL(message.url ?? "", config.publicUrl).pathname);
  if (!handler) return void response.writeHead(404).end();
  await sendResponse(await handler(toRequest(message, response, config.publicUrl), services), response, false);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once("disconnect", () => process.exit(0));
