import { expect, test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { expectProblem } from "../../support/problems.ts";
import { callerOf } from "../../support/refusals.ts";
import { newUsername, testServices, unipileConfig } from "../../support/services.ts";

test("409: whoever asked not to be shown is not asked for, whatever key wants it", async () => {
  const services = await testServices(unipileConfig);
  const { key } = await callerOf(recheckRoute, services);
  const username = newUsername();
  await services.profiles.suppress(username, "asked", "test");
  const response = await recheckRoute.ask(services, { key, username });
  await expectProblem(services, "post /v1/recheck", response, 409, "person_suppressed");
  expect(await (await services.db.prisma()).profile.findUnique({ where: { username } })).toBeNull();
});
