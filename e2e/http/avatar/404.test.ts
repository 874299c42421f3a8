import { expect, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { getAvatar, ledgerOf, newUsername, testServices, used, workspace } from "../../support/services.ts";

test("404: fallback=404 answers so until there is a photo, and costs a unit like any lookup", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const username = newUsername();
  const response = await getAvatar(services, { key, username, fallback: "404" });
  await expectProblem(services, "get /v1/avatar", response, 404, "no_avatar");
  expect(response.headers.get("x-avatar-status")).toBe("not_found");
  expect(await used(services, id)).toBe(1);
  expect(await ledgerOf(services, id)).toMatchObject([{ outcome: "not_found", units: 1, username }]);
});
