import { expect, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { newUsername, postAvatars, testServices, used, workspace } from "../../support/services.ts";

test("422: an Idempotency-Key that was used for another list is refused and costs nothing", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const headers = { "idempotency-key": "list-1" };
  const people = [{ username: newUsername() }, { username: newUsername() }];
  expect((await postAvatars(services, key, { people }, headers)).status).toBe(200);
  const other = [people[0], { username: newUsername() }];
  const response = await postAvatars(services, key, { people: other }, headers);
  await expectProblem(services, "post /v1/avatars", response, 422, "idempotency_key_reused");
  expect(await used(services, id)).toBe(2);
});
