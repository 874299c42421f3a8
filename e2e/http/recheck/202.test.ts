import { expect, test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { expectDescribed } from "../../support/openapi.ts";
import { callerOf } from "../../support/refusals.ts";
import { ledgerOf, newUsername, steppedClock, testServices, unipileConfig, used } from "../../support/services.ts";
import { told } from "../../support/told.ts";

test("202: a person known for longer is looked up again, what was remembered is asked anew, and a line says who wanted it", async () => {
  const clock = steppedClock();
  const services = await testServices(unipileConfig, { clock });
  const { id, key, keyId } = await callerOf(recheckRoute, services);
  const username = newUsername();
  await told(services, username, { firstName: "Ada" });
  clock.advance(2 * 3_600_000);
  const response = await recheckRoute.ask(services, { key, username });
  expect(response.status).toBe(202);
  await expectDescribed(services, "post /v1/recheck", response);
  expect(await response.json()).toMatchObject({ status: "enriching", username, cost: [{ provider: "unipile" }] });
  expect(await used(services, id)).toBe(1);
  expect(await ledgerOf(services, id)).toMatchObject([{ outcome: "enriching", units: 1, tool: "recheck" }]);
  const prisma = await services.db.prisma();
  expect(await prisma.profile.findUniqueOrThrow({ where: { username } })).toMatchObject({
    queuedAt: expect.any(Date),
    answers: {},
    facts: { firstName: { value: "Ada" } },
  });
  const lines = await prisma.auditEvent.findMany({ where: { organizationId: id, action: "person.recheck" } });
  expect(lines).toMatchObject([{ actor: keyId, target: username }]);
});
