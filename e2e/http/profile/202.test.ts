import { expect, test } from "vitest";
import { profileRoute } from "../../support/keyed-routes.ts";
import { expectDescribed } from "../../support/openapi.ts";
import { callerOf } from "../../support/refusals.ts";
import { ledgerOf, newUsername, testServices, unipileConfig, used } from "../../support/services.ts";

test("202: a person who is being looked up, with the seconds after which to ask again, for one unit", async () => {
  const services = await testServices(unipileConfig);
  const { id, key } = await callerOf(profileRoute, services);
  const username = newUsername();
  const response = await profileRoute.ask(services, { key, username });
  expect(response.status).toBe(202);
  await expectDescribed(services, "get /v1/profile", response);
  expect(response.headers.get("retry-after")).toBe("3");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ status: "enriching", username });
  expect(await used(services, id)).toBe(1);
  expect(await ledgerOf(services, id)).toMatchObject([{ outcome: "enriching", units: 1, tool: "profile" }]);
});
