import { expect, test } from "vitest";
import { avatarRoute } from "../../support/keyed-routes.ts";
import { expectDescribed } from "../../support/openapi.ts";
import { send, testServices, workspace } from "../../support/services.ts";

test("200: requests can be served", async () => {
  const services = await testServices();
  const response = await send(services, "/readyz");
  expect(response.status).toBe(200);
  await expectDescribed(services, "get /readyz", response);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ status: "ok", database: "ok", rate_limits: "ok", stopping: false });
});

test("200: without its Redis it still serves, and says that it is degraded", async () => {
  const services = await testServices({ redis: { kind: "redis", url: "redis://127.0.0.1:1" } });
  const { key } = await workspace(services);
  expect((await avatarRoute.ask(services, { key })).status).toBe(200);
  const response = await send(services, "/readyz");
  expect(response.status).toBe(200);
  await expectDescribed(services, "get /readyz", response);
  expect(await response.json()).toMatchObject({ status: "degraded", rate_limits: "degraded" });
});
