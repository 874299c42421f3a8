import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { send, testServices } from "../../support/services.ts";

test("503: no database", async () => {
  const services = await testServices({ databaseUrl: "postgres://nobody@127.0.0.1:1/nothing" });
  const response = await send(services, "/readyz");
  expect(response.status).toBe(503);
  await expectDescribed(services, "get /readyz", response);
  expect(await response.json()).toMatchObject({ status: "unavailable", database: "unavailable" });
});

test("503: the process is stopping", async () => {
  const services = await testServices();
  services.lifecycle.stopping = true;
  const response = await send(services, "/readyz");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ status: "unavailable", database: "ok", stopping: true });
});
