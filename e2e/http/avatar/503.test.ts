import { expect, test } from "vitest";
import { mintKey } from "../../../lib/keys/format.ts";
import { AppError } from "../../../lib/platform/errors.ts";
import { faultyDatabase } from "../../support/faults.ts";
import { avatarRoute } from "../../support/keyed-routes.ts";
import { expectProblem } from "../../support/problems.ts";
import { refusesWithoutADatabase } from "../../support/refusals.ts";
import { getAvatar, ledgerOf, newUsername, testServices, used, workspace } from "../../support/services.ts";

test("503: a database that is away is an answer within two seconds, not a wait", () =>
  refusesWithoutADatabase(avatarRoute));

test("503: a database that goes away after the unit was taken gives it back", async () => {
  const gone = () => new AppError("database_unavailable", { retryAfterSeconds: 1 });
  const services = await testServices({}, { db: faultyDatabase(/left join profile/, gone) });
  const { id, key } = await workspace(services);
  const response = await getAvatar(services, { key, username: newUsername() });
  await expectProblem(services, "get /v1/avatar", response, 503, "database_unavailable");
  expect(response.headers.get("retry-after")).toBe("1");
  expect(await ledgerOf(services, id)).toMatchObject([{ outcome: "failed", code: "database_unavailable", units: 0 }]);
  expect(await used(services, id)).toBe(0);
});

test("503: an <img> gets a picture with the status, so that a list shows no broken images", async () => {
  const services = await testServices({ databaseUrl: "postgres://nobody@127.0.0.1:1/nothing" });
  const response = await getAvatar(services, { key: mintKey("publishable"), username: "ada-l" }, { accept: "image/*" });
  expect(response.status).toBe(503);
  expect(response.headers.get("content-type")).toBe("image/svg+xml");
  expect(response.headers.get("x-error-code")).toBe("database_unavailable");
});
