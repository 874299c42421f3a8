import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { send, testServices } from "../../support/services.ts";

test("200: the process answers, also while its database is away and while it is stopping", async () => {
  const services = await testServices({ databaseUrl: "postgres://nobody@127.0.0.1:1/nothing" });
  services.lifecycle.stopping = true;
  const response = await send(services, "/healthz");
  expect(response.status).toBe(200);
  await expectDescribed(services, "get /healthz", response);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ status: "ok" });
});
