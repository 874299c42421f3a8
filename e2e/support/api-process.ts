/** A web process without Next: the real handlers on a port of their own, for tests that need several processes. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { findMount, sendResponse, toRequest } from "../../lib/http/index.ts";
import { readConfig } from "../../lib/platform/config.ts";
import { createServices } from "../../lib/services.ts";

const services = await createServices(readConfig());
const server = createServer(async (message, response) => {
  const mount = findMount((message.url ?? "").split("?", 1)[0] ?? "");
  if (!mount) {
    response.writeHead(404).end();
    return;
  }
  await sendResponse(await mount(toRequest(message, response, services.config.publicUrl), services), response, false);
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
