import { expect, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { newUsername, postAvatars, testServices, used, workspace } from "../../support/services.ts";

test("415: only application/json is read", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const body = { people: [{ username: newUsername() }] };
  for (const type of [
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "multipart/form-data",
  ]) {
    const response = await postAvatars(services, key, body, { "content-type": type });
    await expectProblem(services, "post /v1/avatars", response, 415, "unsupported_media_type");
  }
  expect(await used(services, id)).toBe(0);
  const accepted = await postAvatars(services, key, body, { "content-type": "Application/JSON; charset=utf-8" });
  expect(accepted.status).toBe(200);
});
