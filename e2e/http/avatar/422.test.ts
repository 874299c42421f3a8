import { expect, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { getAvatar, ledgerOf, newUsername, testServices, used, workspace } from "../../support/services.ts";

test("422: an Idempotency-Key that was used for another request is refused and costs nothing", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const headers = { "idempotency-key": "once" };
  const username = newUsername();
  expect((await getAvatar(services, { key, username }, headers)).status).toBe(200);
  for (const other of [{ username: newUsername() }, { username, size: "256" }]) {
    const response = await getAvatar(services, { key, ...other }, headers);
    await expectProblem(services, "get /v1/avatar", response, 422, "idempotency_key_reused");
  }
  expect(await used(services, id)).toBe(1);
  expect((await ledgerOf(services, id)).map((row) => row.outcome)).toEqual(["not_found", "blocked", "blocked"]);

  const elsewhere = await workspace(services);
  expect((await getAvatar(services, { key: elsewhere.key, username: newUsername() }, headers)).status).toBe(200);
});
