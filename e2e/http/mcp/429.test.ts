import { expect, test } from "vitest";
import { connectedWorkspace } from "../../support/connected-workspace.ts";
import { postMcp } from "../../support/mcp.ts";
import { testServices } from "../../support/services.ts";

const limits = { organization: 1_000, key: 1_000, user: 1_000, address: 1_000 };

test("429: messages that are no tool calls are limited for each user, with the seconds to wait", async () => {
  const services = await testServices({ rateLimits: { ...limits, user: 2 } });
  const { token } = await connectedWorkspace(services);
  let response = await postMcp(services, token, "tools/list");
  for (let more = 0; response.status === 200 && more < 6; more++)
    response = await postMcp(services, token, "tools/list");
  expect(response.status).toBe(429);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
});

test("429: whoever keeps guessing tokens is turned away", async () => {
  const services = await testServices({ redis: undefined, rateLimits: { ...limits, address: 2 } });
  const guess = async () => (await postMcp(services, `avt_${"x".repeat(43)}`, "tools/list")).status;
  const statuses = [];
  for (let attempt = 0; attempt < 6; attempt++) statuses.push(await guess());
  expect(statuses[0]).toBe(401);
  expect(statuses).toContain(429);
});
