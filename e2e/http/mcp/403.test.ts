import { expect, test } from "vitest";
import { connectTo } from "../../support/connected-workspace.ts";
import { postMcp } from "../../support/mcp.ts";
import { ledgerOf, testServices, used, workspace } from "../../support/services.ts";

test("403: a tool whose scope was not given names it, with what the connection has, and costs nothing", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const { token } = await connectTo(services, id, { scopes: ["profiles:read"] });
  const response = await postMcp(services, token, "tools/call", { name: "get_profile_avatar", arguments: {} });
  expect(response.status).toBe(403);
  expect(response.headers.get("www-authenticate")).toBe(
    'Bearer error="insufficient_scope", error_description="This connection was not given that scope.", ' +
      'resource_metadata="http://avtrz.test/.well-known/oauth-protected-resource/mcp", scope="avatars:read profiles:read"',
  );
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toMatchObject({ error: "insufficient_scope" });
  const [row] = await ledgerOf(services, id);
  expect(row).toMatchObject({ outcome: "blocked", code: "insufficient_scope", units: 0, tool: "get_profile_avatar" });
  expect(await used(services, id)).toBe(0);
});
