import { expect, test } from "vitest";
import { profileRoute } from "../../support/keyed-routes.ts";
import { expectProblem } from "../../support/problems.ts";
import { callerOf } from "../../support/refusals.ts";
import { ledgerOf, newUsername, testServices, used } from "../../support/services.ts";

test("404: a person of whom nothing is known is named in the problem, and costs a unit like any lookup", async () => {
  const services = await testServices();
  const { id, key } = await callerOf(profileRoute, services);
  const username = newUsername();
  const response = await profileRoute.ask(services, { key, username });
  const { title } = await expectProblem(services, "get /v1/profile", response, 404, "profile_not_found");
  expect(title).toBe(`No profile data is available for ${username}. The profile could not be found.`);
  expect(response.headers.get("x-quota-remaining")).toBe("unlimited");
  expect(await used(services, id)).toBe(1);
  expect(await ledgerOf(services, id)).toMatchObject([{ outcome: "not_found", units: 1, username }]);
});
