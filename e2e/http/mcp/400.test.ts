import { expect, test } from "vitest";
import { connectedWorkspace } from "../../support/connected-workspace.ts";
import { postMcp } from "../../support/mcp.ts";
import { mcpMessage } from "../../support/mcp-message.ts";
import { ledgerOf, newUsername, send, testServices } from "../../support/services.ts";

async function post(body: BodyInit, headers: Record<string, string> = {}) {
  const services = await testServices();
  const { token, id } = await connectedWorkspace(services);
  const { headers: own } = mcpMessage("ping", {}, "legacy");
  const response = await send(services, "/mcp", {
    method: "POST",
    headers: { ...own, authorization: `Bearer ${token}`, ...headers },
    body,
  });
  return { services, id, response };
}

test.each([
  ["half a message", "{"],
  ["nothing", ""],
  ["bytes that are no text", new Uint8Array([0x22, 0xff, 0x22])],
])("400: %s is a parse error without an id", async (_what, body) => {
  const { response } = await post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32700 } });
});

test.each(["1", "null", '"text"', "{}", '{"jsonrpc":"1.0","id":1,"method":"ping"}'])(
  "400: %s is JSON, but no message",
  async (body) => {
    const { response } = await post(body);
    expect(response.status).toBe(400);
    expect((await response.json()).error.code).toBeLessThan(0);
  },
);

test("400: a batch is refused by every revision that has none, and answered by the one that had", async () => {
  const call = (id: number) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "get_profile", arguments: { username: newUsername() } },
  });
  const batch = JSON.stringify([call(1), call(2)]);
  expect((await post(batch)).response.status).toBe(400);
  const { services, id, response } = await post(batch, { "mcp-protocol-version": "2025-03-26" });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject([{ id: 1 }, { id: 2 }]);
  expect((await ledgerOf(services, id)).map((row) => row.units)).toEqual([1, 1]);
});

test("400: a revision nobody knows, and headers that say something else than the message", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  const call = { name: "get_publishable_key", arguments: {} };
  const unknown = await postMcp(services, token, "tools/list", {}, "legacy", { "mcp-protocol-version": "1999-01-01" });
  expect(unknown.status).toBe(400);
  const mismatch = await postMcp(services, token, "tools/call", call, "modern", { "mcp-name": "get_profile" });
  expect(mismatch.status).toBe(400);
  expect((await mismatch.json()).error.code).toBe(-32020);
});
