import { expect, test } from "vitest";
import { usageRoute } from "../../support/keyed-routes.ts";
import { expectDescribed } from "../../support/openapi.ts";
import { callerOf } from "../../support/refusals.ts";
import { getAvatar, ledgerOf, newUsername, steppedClock, testServices, used } from "../../support/services.ts";

test("200: what the workspace has used this month and when it starts again, for nothing", async () => {
  const clock = steppedClock(Date.parse("2027-02-27T12:00:00Z"));
  const services = await testServices({}, { clock });
  const { id, key } = await callerOf(usageRoute, services, { avatar_requests: 5 });
  await getAvatar(services, { username: newUsername() }, { "x-api-key": key });
  const response = await usageRoute.ask(services, { key });
  expect(response.status).toBe(200);
  await expectDescribed(services, "get /v1/usage", response);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const resets = "2027-03-01T00:00:00.000Z";
  expect(await response.json()).toEqual({
    organization: id,
    usage: [
      { metric: "avatar_requests", used: 1, limit: 5, resets },
      { metric: "avatar_new_profiles", used: 1, limit: null, resets },
      { metric: "persona_requests", used: 0, limit: null, resets },
    ],
  });
  expect(await ledgerOf(services, id)).toHaveLength(1);

  clock.advance(3 * 24 * 3_600_000);
  expect(await used(services, id)).toBe(0);
  expect((await usageRoute.ask(services, { key })).status).toBe(200);
});
