import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { ledgerOf, newUsername, steppedClock, testServices, workspace } from "../../support/services.ts";
import { postSignedUrls, type SignedAnswer } from "../../support/signed-urls.ts";

test("addresses are made for each valid row, cost nothing, and hold neither the key nor anything to make another", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const home = await workspace(services);
  const secret = await home.mint("secret");
  const username = newUsername();
  const people = [{ username }, { linkedin_url: `linkedin.com/in/${username}` }, { username: "x" }, {}];
  const response = await postSignedUrls(services, secret.key, { people, size: 64, expires_in_seconds: 3_600 });
  await expectDescribed(services, "post /v1/signed-urls", response);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const answer = (await response.json()) as SignedAnswer;
  expect(answer.people).toMatchObject([
    { username },
    { username },
    { code: "invalid_username" },
    { code: "exactly_one_identifier" },
  ]);
  expect(answer.people[0]?.url).toBe(answer.people[1]?.url);
  expect(Date.parse(answer.expires_at) - clock.now()).toBeLessThanOrEqual(3_600_000);
  const url = new URL(answer.people[0]?.url ?? "");
  expect([url.origin, url.pathname]).toEqual(["http://avtrz.test", "/v1/image"]);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ person: username, px: "64", as: "png", by: secret.id });
  expect(url.href).not.toContain(secret.key.slice(8));
  expect(await ledgerOf(services, home.id)).toEqual([]);
});

test("a publishable key makes none, and what cannot be is refused by name", async () => {
  const services = await testServices();
  const home = await workspace(services);
  const secret = await home.mint("secret");
  const people = [{ username: "ada-brook" }];
  expect((await postSignedUrls(services, home.key, { people })).status).toBe(403);
  for (const wrong of [
    { size: 100 },
    { format: "svg" },
    { expires_in_seconds: 59 },
    { expires_in_seconds: 400 * 86_400 + 1 },
    { fallback: "404" },
  ])
    expect((await postSignedUrls(services, secret.key, { people, ...wrong })).status).toBe(400);
});
