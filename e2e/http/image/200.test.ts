import sharp from "sharp";
import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { importPhoto } from "../../support/people.ts";
import { drawPhoto } from "../../support/photos.ts";
import { ledgerOf, newUsername, steppedClock, testServices, used, workspace } from "../../support/services.ts";
import { getSigned, signedAddress } from "../../support/signed-urls.ts";

test("the picture itself comes at the size and in the format signed, without any key; each showing costs a unit", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const home = await workspace(services);
  const username = newUsername();
  await importPhoto(services, home.id, username, await drawPhoto());
  const { url, keyId } = await signedAddress(services, home, username, {
    size: 256,
    format: "jpeg",
    expires_in_seconds: 7_200,
  });
  const response = await getSigned(services, url, { accept: "image/webp,*/*" });
  await expectDescribed(services, "get /v1/image", response);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  expect(response.headers.get("x-avatar-status")).toBe("resolved");
  // No copy of it outlives the address.
  expect(response.headers.get("cache-control")).toMatch(/^public, max-age=(7200|7199)$/);
  expect(await sharp(Buffer.from(await response.arrayBuffer())).metadata()).toMatchObject({
    format: "jpeg",
    width: 256,
  });
  const [row] = await ledgerOf(services, home.id);
  expect(row).toMatchObject({ tool: "signed_image", keyId, username, units: 1, outcome: "resolved", newProfile: true });
  expect(await used(services, home.id)).toBe(1);
});

test("initials come as a picture too, since mail programs show no SVG, and are not kept", async () => {
  const services = await testServices();
  const home = await workspace(services);
  const { url } = await signedAddress(services, home, newUsername("nobody"));
  const response = await getSigned(services, url);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/png"]);
  expect([response.headers.get("x-avatar-status"), response.headers.get("cache-control")]).toEqual([
    "not_found",
    "no-store",
  ]);
  expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).width).toBe(128);
});

test("whoever asked not to be shown is not shown by an address that was made before", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const home = await workspace(services);
  const username = newUsername();
  await importPhoto(services, home.id, username, await drawPhoto());
  const { url } = await signedAddress(services, home, username);
  expect((await getSigned(services, url)).headers.get("x-avatar-status")).toBe("resolved");
  await services.profiles.suppress(username, "asked", "test");
  clock.advance(1_000);
  expect((await getSigned(services, url)).headers.get("x-avatar-status")).toBe("not_found");
});
