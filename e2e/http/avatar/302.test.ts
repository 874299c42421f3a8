import { expect, test } from "vitest";
import { importPhoto } from "../../support/people.ts";
import { drawPhoto } from "../../support/photos.ts";
import { getAvatar, ledgerOf, newUsername, send, testServices, used, workspace } from "../../support/services.ts";

test("302: a resolved person is a redirect to the immutable picture", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());

  const response = await getAvatar(services, { key, username, size: "256" });
  expect(response.status).toBe(302);
  expect(response.headers.get("location")).toMatch(/^\/cdn\/[0-9a-f]{64}\/256\.webp$/);
  expect(response.headers.get("cache-control")).toBe("public, max-age=86400");
  expect(response.headers.get("x-avatar-status")).toBe("resolved");
  expect(response.headers.get("vary")).toBe("Accept");

  const image = await send(services, response.headers.get("location") ?? "");
  expect(image.status).toBe(200);
  expect(image.headers.get("content-type")).toBe("image/webp");
  expect(await used(services, id)).toBe(1);
  const [row] = await ledgerOf(services, id);
  expect(row).toMatchObject({
    id: response.headers.get("x-request-id"),
    outcome: "resolved",
    units: 1,
    newProfile: true,
    username,
    size: 256,
  });
});
