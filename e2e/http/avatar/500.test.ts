import { expect, test } from "vitest";
import { faultyDatabase } from "../../support/faults.ts";
import { expectProblem } from "../../support/problems.ts";
import { getAvatar, ledgerOf, newUsername, testServices, used, workspace } from "../../support/services.ts";

test("500: a fault of ours says nothing of its cause and gives the unit and the new profile back", async () => {
  const db = faultyDatabase(/left join profile/, () => new Error("secret detail of the machine"));
  const services = await testServices({}, { db });
  const { id, key } = await workspace(services);
  const username = newUsername();
  const response = await getAvatar(services, { key, username });
  await expectProblem(services, "get /v1/avatar", response, 500, "internal");
  expect(await response.text()).not.toContain("secret detail");
  expect(await ledgerOf(services, id)).toMatchObject([{ outcome: "failed", code: "internal", units: 0, username }]);
  expect(await used(services, id)).toBe(0);
  expect(await used(services, id, "avatar_new_profiles")).toBe(0);

  db.stop();
  expect((await getAvatar(services, { key, username })).status).toBe(200);
  expect(await used(services, id, "avatar_new_profiles")).toBe(1);
});
