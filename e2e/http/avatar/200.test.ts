import sharp from "sharp";
import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { importPhoto } from "../../support/people.ts";
import { drawPhoto } from "../../support/photos.ts";
import {
  getAvatar,
  ledgerOf,
  newUsername,
  steppedClock,
  testServices,
  unipileConfig,
  used,
  workspace,
} from "../../support/services.ts";

test("200: nobody known is initials art at the size asked, never cached, and costs a unit", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const username = newUsername();
  const response = await getAvatar(services, { key, username, size: "64", name: "Ada Lovelace" });
  expect(response.status).toBe(200);
  await expectDescribed(services, "get /v1/avatar", response);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "image/svg+xml",
    "cache-control": "no-store",
    "x-avatar-status": "not_found",
    "x-quota-remaining": "unlimited",
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringContaining("default-src 'none'"),
    "access-control-allow-origin": "*",
    "x-robots-tag": "noindex",
  });
  const svg = await response.text();
  expect(svg).toMatch(/^<svg [^>]*width="64" height="64"/);
  expect(svg).toContain("Ada Lovelace");
  const again = await getAvatar(services, { key, username, size: "64", name: "Ada Lovelace" });
  expect(await again.text()).toBe(svg);

  expect(await used(services, id)).toBe(2);
  expect(await used(services, id, "avatar_new_profiles")).toBe(1);
  expect(await ledgerOf(services, id)).toMatchObject([
    { outcome: "not_found", units: 1, newProfile: true, username, size: 64, channel: "api", tool: "avatar" },
    { outcome: "not_found", units: 1, newProfile: false },
  ]);
});

test("200: while a provider is asked the answer is art, and however many ask, one job is queued", async () => {
  const services = await testServices(unipileConfig);
  const { id, key } = await workspace(services);
  const username = newUsername();
  const responses = await Promise.all(Array.from({ length: 20 }, () => getAvatar(services, { key, username })));
  for (const response of responses) {
    expect(response.status).toBe(200);
    expect(response.headers.get("x-avatar-status")).toBe("enriching");
    expect(response.headers.get("cache-control")).toBe("no-store");
  }
  const [first] = responses;
  if (first) await expectDescribed(services, "get /v1/avatar", first);
  const jobs = await services.db.query("select 1 from pgboss.job where data->>'username' = $1", [username]);
  expect(jobs).toHaveLength(1);
  expect(await used(services, id)).toBe(20);
  expect(await used(services, id, "avatar_new_profiles")).toBe(1);
});

test("200: a format asked for by name is drawn as that format", async () => {
  const services = await testServices();
  const { key } = await workspace(services);
  for (const [format, decoded] of Object.entries({ png: "png", webp: "webp", jpeg: "jpeg", avif: "heif" })) {
    const response = await getAvatar(services, { key, username: newUsername(), format, size: "32" });
    expect(response.headers.get("content-type")).toBe(`image/${format}`);
    await expectDescribed(services, "get /v1/avatar", response);
    const image = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
    expect(image).toMatchObject({ format: decoded, width: 32, height: 32 });
  }
});

test("200: fallback=silhouette and fallback=blank are drawn at the size asked, in the format asked", async () => {
  const services = await testServices();
  const { key } = await workspace(services);
  const art = new Set<string>();
  for (const fallback of ["initials", "silhouette", "blank"]) {
    const response = await getAvatar(services, { key, username: "silhouette-test", fallback, size: "256" });
    expect(response.status).toBe(200);
    const svg = await response.text();
    expect(svg).toMatch(/^<svg [^>]*width="256" height="256"/);
    art.add(svg);
    const raster = await getAvatar(services, { key, username: "silhouette-test", fallback, format: "png" });
    expect(raster.headers.get("content-type")).toBe("image/png");
    const pixels = await sharp(Buffer.from(await raster.arrayBuffer())).stats();
    expect(pixels.isOpaque).toBe(fallback !== "blank");
  }
  expect(art.size).toBe(3);
});

test("200: a suppressed person is initials within a second, for those who imported them too", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id, key } = await workspace(services);
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());
  expect((await getAvatar(services, { key, username })).status).toBe(302);
  await services.profiles.suppress(username, "asked", "test");
  clock.advance(1_000);
  const response = await getAvatar(services, { key, username });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-avatar-status")).toBe("not_found");
});

test("200: a retry with the same Idempotency-Key costs nothing more", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const username = newUsername();
  const headers = { "idempotency-key": "attempt-1" };
  const first = await getAvatar(services, { key, username }, headers);
  const second = await getAvatar(services, { key, username }, headers);
  expect(await second.text()).toBe(await first.text());
  expect(await used(services, id)).toBe(1);
  expect(await ledgerOf(services, id)).toHaveLength(1);
});
