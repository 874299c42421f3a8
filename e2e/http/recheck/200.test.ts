import { expect, test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { expectDescribed } from "../../support/openapi.ts";
import { callerOf } from "../../support/refusals.ts";
import { newUsername, testConfig, testServices, unipileConfig, used } from "../../support/services.ts";
import { told } from "../../support/told.ts";

test("200: an estimate says what it might cost, asks nobody and costs nothing", async () => {
  const { providerLimits } = testConfig();
  const limits = { ...providerLimits, unipile: { monthlyBudget: 7, concurrency: 4 } };
  const services = await testServices({ ...unipileConfig, providerLimits: limits });
  const { id, key } = await callerOf(recheckRoute, services);
  const username = newUsername();
  const response = await recheckRoute.ask(services, { key, username, query: { estimate: "true" } });
  expect(response.status).toBe(200);
  await expectDescribed(services, "post /v1/recheck", response);
  const answer = await response.json();
  expect(answer).toMatchObject({ status: "estimate", username, cost: [{ provider: "unipile", units: 1 }] });
  expect(answer.cost[0].left).toBeLessThanOrEqual(7);
  expect(await used(services, id)).toBe(0);
  const prisma = await services.db.prisma();
  expect(await prisma.profile.findUnique({ where: { username } })).toBeNull();
});

test("200: who was looked up within the last hour is not asked for again, for one unit", async () => {
  const services = await testServices(unipileConfig);
  const { id, key } = await callerOf(recheckRoute, services);
  const username = newUsername();
  await told(services, username, { firstName: "Ada" });
  const response = await recheckRoute.ask(services, { key, username });
  expect([response.status, (await response.json()).status]).toEqual([200, "not_due"]);
  expect(await used(services, id)).toBe(1);
});

test("200: without a provider there is nobody to ask, and nothing that it costs", async () => {
  const services = await testServices();
  const { key } = await callerOf(recheckRoute, services);
  const response = await recheckRoute.ask(services, { key });
  expect(await response.json()).toMatchObject({ status: "not_due", cost: [] });
});
