import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { ledgerOf, newUsername, steppedClock, testServices, used, workspace } from "../../support/services.ts";
import { getSigned, signedAddress } from "../../support/signed-urls.ts";

async function setUp(limits: Record<string, number> = {}) {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const home = await workspace(services, limits);
  return { services, clock, home, ...(await signedAddress(services, home, newUsername())) };
}

const code = (response: Response) => [response.status, response.headers.get("x-error-code")];

test("403: nothing of an address can be changed, left out, given twice or added; another workspace's key's id makes none", async () => {
  const { services, url, home } = await setUp();
  const other = await (await workspace(services)).mint("secret");
  const changes: Record<string, string> = {
    person: "somebody-else",
    px: "512",
    as: "webp",
    until: String(Number(url.searchParams.get("until")) + 1),
    by: other.id,
    sig: `A${url.searchParams.get("sig")?.slice(1)}`,
  };
  for (const [name, value] of Object.entries(changes)) {
    for (const given of [value, null, ""]) {
      const changed = new URL(url);
      if (given === null) changed.searchParams.delete(name);
      else changed.searchParams.set(name, given);
      const response = await getSigned(services, changed);
      expect(code(response), `${name}=${given}`).toEqual([403, "signed_url_changed"]);
      await expectDescribed(services, "get /v1/image", response);
    }
  }
  for (const added of ["&px=512", "&size=512", `&key=${home.key}`]) {
    const response = await getSigned(services, new URL(url.href + added));
    expect([400, 403]).toContain(response.status);
  }
  expect(await used(services, home.id)).toBe(0);
});

test("410 once it is over, to the second; recorded, and costs nothing", async () => {
  const { services, url, clock, home } = await setUp();
  clock.advance(30 * 86_400_000 - 2_000);
  expect((await getSigned(services, url)).status).toBe(200);
  clock.advance(2_000);
  const response = await getSigned(services, url);
  expect(code(response)).toEqual([410, "signed_url_expired"]);
  await expectDescribed(services, "get /v1/image", response);
  expect((await ledgerOf(services, home.id)).map((row) => [row.outcome, row.units])).toEqual([
    ["not_found", 1],
    ["blocked", 0],
  ]);
});

test("403 within a second of its key's revocation, and when a rotated key's grace is over; on every process", async () => {
  const { services, url, clock, home, keyId } = await setUp();
  const second = await testServices({}, { clock });
  const rotated = await signedAddress(services, home, newUsername());
  for (const one of [services, second])
    for (const address of [url, rotated.url]) expect((await getSigned(one, address)).status).toBe(200);
  await services.keys.manager.revoke(home.id, keyId, "test");
  await services.keys.manager.rotate(home.id, rotated.keyId, 3_600, "test");
  clock.advance(1_000);
  for (const one of [services, second]) {
    expect(code(await getSigned(one, url))).toEqual([403, "signed_url_revoked"]);
    expect((await getSigned(one, rotated.url)).status).toBe(200);
  }
  clock.advance(3_600_000);
  expect(code(await getSigned(second, rotated.url))).toEqual([403, "signed_url_revoked"]);
});

test("402 as a picture for an <img> when the quota is spent", async () => {
  const { services, url } = await setUp({ avatar_requests: 1 });
  expect((await getSigned(services, url)).status).toBe(200);
  const spent = await getSigned(services, url, { accept: "image/*" });
  expect(code(spent)).toEqual([402, "quota_exceeded"]);
  expect(spent.headers.get("content-type")).toBe("image/svg+xml");
});
