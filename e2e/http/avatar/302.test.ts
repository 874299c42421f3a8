import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
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

  await expectDescribed(services, "get /v1/avatar", response);

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

test("302: shared caches may not keep what depends on a header or on the page that asked", async () => {
  const services = await testServices();
  const { id, key, mint } = await workspace(services);
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());
  const secret = await mint("secret");
  const fenced = await mint("publishable", ["app.example.com"]);
  const asked = [
    await getAvatar(services, { username }, { "x-api-key": secret.key }),
    await getAvatar(services, { username }, { "x-api-key": key }),
    await getAvatar(services, { username, key: fenced.key }, { origin: "https://app.example.com" }),
  ];
  for (const response of asked) {
    expect(response.status).toBe(302);
    expect(response.headers.get("cache-control")).toBe("private, max-age=86400");
  }
});

test("302: the format is the one asked for, else what Accept prefers", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());
  const extensionFor = async (accept: string, parameters: Record<string, string> = {}) => {
    const response = await getAvatar(services, { key, username, ...parameters }, { accept });
    expect(response.headers.get("vary")).toBe(parameters["format"] ? null : "Accept");
    return response.headers.get("location")?.split(".").at(-1);
  };
  expect(await extensionFor("image/avif,image/webp,image/apng,image/*,*/*;q=0.8")).toBe("webp");
  expect(await extensionFor("image/png,image/*;q=0.5")).toBe("png");
  expect(await extensionFor("image/avif,image/webp;q=0.1")).toBe("avif");
  expect(await extensionFor("image/jpeg")).toBe("jpeg");
  expect(await extensionFor("text/html")).toBe("webp");
  expect(await extensionFor("image/webp", { format: "png" })).toBe("png");
});

test("302: what one workspace imported is a redirect for that workspace alone", async () => {
  const services = await testServices();
  const [mine, theirs] = [await workspace(services), await workspace(services)];
  const username = newUsername();
  await importPhoto(services, mine.id, username, await drawPhoto());
  expect((await getAvatar(services, { key: mine.key, username })).status).toBe(302);
  expect((await getAvatar(services, { key: theirs.key, username })).status).toBe(200);
});
