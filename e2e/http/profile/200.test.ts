import { expect, test } from "vitest";
import { profileRoute } from "../../support/keyed-routes.ts";
import { expectDescribed } from "../../support/openapi.ts";
import { importPhoto, importText } from "../../support/people.ts";
import { drawPhoto } from "../../support/photos.ts";
import { callerOf } from "../../support/refusals.ts";
import { ledgerOf, newUsername, send, testServices, used } from "../../support/services.ts";

test("200: what is known of a person, and nothing that nobody told, for one unit", async () => {
  const services = await testServices();
  const { id, key } = await callerOf(profileRoute, services);
  const username = newUsername();
  await importText(
    services,
    id,
    "Connections.csv",
    `First Name,Last Name,URL,Email Address,Company,Position,Connected On\nAda,Lovelace,https://www.linkedin.com/in/${username},,Analytical Engines,Programmer,01 Jan 2024\n`,
  );
  const response = await profileRoute.ask(services, { key, username });
  expect(response.status).toBe(200);
  await expectDescribed(services, "get /v1/profile", response);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const profile = await response.json();
  expect(profile).toMatchObject({
    username,
    linkedin_url: `https://www.linkedin.com/in/${username}`,
    first_name: "Ada",
    last_name: "Lovelace",
  });
  expect(Object.values(profile)).not.toContain(null);
  expect(profile).not.toHaveProperty("picture_url");

  await importPhoto(services, id, username, await drawPhoto());
  await expect
    .poll(async () => (await (await profileRoute.ask(services, { key, username })).json()).picture_url)
    .toMatch(/\/cdn\/[0-9a-f]{64}\/512\.webp$/);
  const { picture_url } = await (await profileRoute.ask(services, { key, username })).json();
  expect((await send(services, new URL(picture_url).pathname)).status).toBe(200);

  const rows = await ledgerOf(services, id);
  expect(await used(services, id)).toBe(rows.length);
  expect(await used(services, id, "avatar_new_profiles")).toBe(1);
  expect(rows[0]).toMatchObject({ outcome: "resolved", tool: "profile", units: 1, newProfile: true, size: null });
});
