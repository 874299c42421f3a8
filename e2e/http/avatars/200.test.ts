import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { importPhoto } from "../../support/people.ts";
import { drawPhoto } from "../../support/photos.ts";
import { ledgerOf, newUsername, postAvatars, send, testServices, used, workspace } from "../../support/services.ts";

test("200: one entry a row, in order; valid rows cost a unit each, and each has its own ledger row", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const [known, unknown] = [newUsername(), newUsername()];
  await importPhoto(services, id, known, await drawPhoto());
  const response = await postAvatars(services, key, {
    people: [
      { username: known },
      { linkedin_url: "https://example.com/in/nobody" },
      { linkedin_url: `linkedin.com/in/${unknown}`, name: "Ada" },
      {},
    ],
    size: 64,
    format: "png",
  });
  expect(response.status).toBe(200);
  await expectDescribed(services, "post /v1/avatars", response);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("x-quota-remaining")).toBe("unlimited");
  const { people } = await response.json();
  expect(people).toEqual([
    {
      status: "resolved",
      username: known,
      image_url: expect.stringMatching(/^http:\/\/avtrz\.test\/cdn\/[0-9a-f]{64}\/64\.png$/),
      thumbhash: expect.stringMatching(/^[A-Za-z0-9+/]{20,}={0,2}$/),
      dominant_colour: expect.stringMatching(/^#[0-9a-f]{6}$/),
    },
    { status: "invalid", code: "unsupported_host" },
    { status: "not_found", username: unknown },
    { status: "invalid", code: "exactly_one_identifier" },
  ]);
  expect((await send(services, new URL(people[0].image_url).pathname)).status).toBe(200);

  expect(await used(services, id)).toBe(2);
  expect(await used(services, id, "avatar_new_profiles")).toBe(2);
  const rows = await ledgerOf(services, id);
  expect(rows.map((row) => [row.username, row.outcome, row.units, row.tool])).toEqual([
    [known, "resolved", 1, "avatars"],
    [unknown, "not_found", 1, "avatars"],
  ]);
  expect(rows[0]?.id).toBe(response.headers.get("x-request-id"));
});

test("200: a hundred rows are answered; the same person twice is two units and one new profile", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services, { avatar_requests: 100, avatar_new_profiles: 1 });
  const username = newUsername();
  const response = await postAvatars(services, key, { people: Array.from({ length: 100 }, () => ({ username })) });
  expect(response.status).toBe(200);
  expect((await response.json()).people).toHaveLength(100);
  expect(response.headers.get("x-quota-remaining")).toBe("0");
  expect(await used(services, id)).toBe(100);
  expect(await used(services, id, "avatar_new_profiles")).toBe(1);
});

test("200: a list without a valid row costs nothing, and a retry with the same Idempotency-Key nothing more", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const invalid = await postAvatars(services, key, { people: [{ username: "a" }] });
  await expectDescribed(services, "post /v1/avatars", invalid);
  expect((await invalid.json()).people).toEqual([{ status: "invalid", code: "invalid_username" }]);
  const people = [{ username: newUsername() }, { username: newUsername() }];
  for (let attempt = 0; attempt < 2; attempt++) {
    const response = await postAvatars(services, key, { people }, { "idempotency-key": "list-1" });
    expect(response.status).toBe(200);
  }
  expect(await used(services, id)).toBe(2);
});
