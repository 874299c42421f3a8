import { expect, test } from "vitest";
import { avatarsRoute } from "../../support/keyed-routes.ts";
import { expectProblem } from "../../support/problems.ts";
import { refusesBeyondTheQuota } from "../../support/refusals.ts";
import { newUsername, postAvatars, testServices, used, workspace } from "../../support/services.ts";

test("402: a spent quota refuses, names the metric, and consumes nothing", () => refusesBeyondTheQuota(avatarsRoute));

test("402: a list that does not fit into what is left takes none of it", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services, { avatar_requests: 3 });
  const people = (count: number) => Array.from({ length: count }, () => ({ username: newUsername() }));
  const tooMany = await postAvatars(services, key, { people: people(4) });
  await expectProblem(services, "post /v1/avatars", tooMany, 402, "quota_exceeded");
  expect(tooMany.headers.get("x-quota-remaining")).toBe("3");
  expect(await used(services, id)).toBe(0);
  expect((await postAvatars(services, key, { people: people(3) })).status).toBe(200);
  expect(await used(services, id)).toBe(3);
});
