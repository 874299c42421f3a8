import { expect, test } from "vitest";
import { connectedWorkspace } from "../../support/connected-workspace.ts";
import { postMcp } from "../../support/mcp.ts";
import { testServices } from "../../support/services.ts";

test("413: more than 64 KB is refused", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  const response = await postMcp(services, token, "tools/list", { x: "x".repeat(64 * 1024) });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: "body_too_large" });
});
