import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { sendResponse, toRequest } from "../../lib/http/index.ts";
import { findMount } from "../../lib/mounts.ts";
import { testServices, workspace } from "../support/services.ts";

test("a body that was refused is never taken for the next request on its connection", async () => {
  const services = await testServices();
  const { key } = await workspace(services);
  let connections = 0;
  const server = createServer(async (message, response) => {
    const mount = findMount(message.url ?? "");
    if (mount)
      await sendResponse(await mount(toRequest(message, response, "http://avtrz.test"), services), response, false);
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/avatars`;
  const body = " ".repeat(600 * 1024);
  const statusOf = async (init: RequestInit) => {
    const response = await fetch(url, init);
    await response.arrayBuffer();
    return response.status;
  };

  for (let round = 0; round < 20; round++) {
    const headers = { "content-type": "application/json" };
    expect(await statusOf({ method: "POST", headers: { ...headers, "x-api-key": key }, body })).toBe(413);
    expect(await statusOf({ method: "GET" })).toBe(405);
    expect(await statusOf({ method: "POST", headers, body })).toBe(401);
    expect(await statusOf({ method: "GET" })).toBe(405);
  }
  expect(connections).toBeLessThan(40);
});
