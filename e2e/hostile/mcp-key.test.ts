import { expect, test } from "vitest";
import { connectTo } from "../support/connected-workspace.ts";
import { callTool } from "../support/mcp.ts";
import { testServices, workspace } from "../support/services.ts";

type Audit = { actor: string; target: string; detail: { under: string; purpose: string } };

test("H-MCP-99 twenty connections at once make one key, under an owner, with one line in the audit log", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await connectTo(services, id);
  const member = await connectTo(services, id, { role: "member" });
  const made = await Promise.all(
    Array.from({ length: 20 }, () => services.keys.manager.provisionMcpKey(id, member.userId)),
  );
  expect(new Set(made.map((one) => one?.id)).size).toBe(1);
  const keys = (await services.keys.manager.list(id)).filter((key) => key.name === "AI clients (MCP)");
  expect(keys).toMatchObject([{ type: "publishable", createdBy: owner.userId, allowedDomains: [], status: "active" }]);
  const audit = await services.db.query<Audit>(
    "select actor, target, detail from audit_event where organization_id = $1 and detail->>'purpose' = 'mcp'",
    [id],
  );
  expect(audit).toMatchObject([{ actor: member.userId, target: keys[0]?.id, detail: { under: owner.userId } }]);
});

test("H-MCP-99 a workspace without owner or admin gets no key, and one whose key was revoked none from a member", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const member = await connectTo(services, id, { role: "member" });
  expect(await services.keys.manager.provisionMcpKey(id, member.userId)).toBeNull();
  const admin = await connectTo(services, id, { role: "admin" });
  const first = await services.keys.manager.provisionMcpKey(id, member.userId);
  await services.keys.manager.revoke(id, first?.id ?? "", "test");
  expect(await services.keys.manager.provisionMcpKey(id, member.userId)).toBeNull();
  const second = await services.keys.manager.provisionMcpKey(id, admin.userId);
  expect(second?.id).not.toBe(first?.id);
});

test("H-MCP-99 rotating the key keeps its purpose: the tools hand out the successor within a second", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await connectTo(services, id);
  const first = await services.keys.manager.provisionMcpKey(id, owner.userId);
  const keyOf = async () =>
    (await callTool(services, owner.token, "get_publishable_key")).structuredContent?.["publishable_key"];
  await keyOf();
  const successor = await services.keys.manager.rotate(id, first?.id ?? "", 3_600, "test");
  await expect.poll(keyOf, { timeout: 1_000 }).toBe(successor.key);
  expect(await services.keys.manager.provisionMcpKey(id, owner.userId)).toEqual({ id: successor.id });
});

test("H-MCP-99 a row that says mcp but holds a secret key is never handed out", async () => {
  const services = await testServices();
  const { id, mint } = await workspace(services);
  const { token } = await connectTo(services, id);
  const secret = await mint("secret");
  await services.db.query("update api_key set purpose = 'mcp', type = 'publishable', encrypted = $2 where id = $1", [
    secret.id,
    services.cipher.encrypt(secret.key),
  ]);
  const result = await callTool(services, token, "get_publishable_key");
  expect(result.isError).toBe(true);
  expect(JSON.stringify(result)).not.toContain("sk_");
});
