import { expect, test } from "vitest";
import { connectedWorkspace } from "../../support/connected-workspace.ts";
import { postMcp } from "../../support/mcp.ts";
import { testServices } from "../../support/services.ts";

test("415: a body that does not say it is JSON is not read; 406: nor one whose sender takes no JSON back", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  const as = (headers: Record<string, string>) => postMcp(services, token, "tools/list", {}, "legacy", headers);
  expect((await as({ "content-type": "text/plain" })).status).toBe(415);
  expect((await as({ accept: "text/html" })).status).toBe(406);
});
