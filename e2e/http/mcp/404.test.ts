import { expect, test } from "vitest";
import { connectedWorkspace } from "../../support/connected-workspace.ts";
import { postMcp } from "../../support/mcp.ts";
import { testServices } from "../../support/services.ts";

test("404: a method that does not exist, in the revision that says so by status; before, 200 with the same code", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  for (const [era, status] of [
    ["modern", 404],
    ["legacy", 200],
  ] as const) {
    const response = await postMcp(services, token, "foo/bar", {}, era);
    expect(response.status).toBe(status);
    expect((await response.json()).error.code).toBe(-32601);
  }
});
