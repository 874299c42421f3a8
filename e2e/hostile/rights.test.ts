import { expect, test } from "vitest";
import { connectedWorkspace } from "../support/connected-workspace.ts";
import { callTool } from "../support/mcp.ts";
import { importPhoto, importText } from "../support/people.ts";
import { person } from "../support/person.ts";
import { drawPhoto } from "../support/photos.ts";
import { getAvatar, ledgerOf, newUsername, send, steppedClock, testServices, workspace } from "../support/services.ts";
import { told } from "../support/told.ts";

test("H-IMG-91: who is suppressed in one process is gone from every surface of another within a second, and imports pass them over", async () => {
  const clock = steppedClock();
  const first = await testServices({}, { clock });
  const second = await testServices({ dataDirectory: first.config.dataDirectory }, { clock });
  // Its first use in a new database makes the queue's tables, which a busy machine takes a while for.
  await expect
    .poll(
      () =>
        first.jobs.ready().then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true);
  const home = await connectedWorkspace(first);
  const secret = await home.mint("secret");
  const member = await person(first, { [home.id]: "member" });
  const username = newUsername("everywhere");
  const csv = `username,first name,last name,headline\n${username},Zebedee,Unmistakable,Unmistakable headline\n`;
  await importText(first, home.id, "p.csv", csv);
  await importPhoto(first, home.id, username, await drawPhoto());

  // Everything that says anything of a person, as the second process answers it; each is asked before too, so that caches are warm.
  const surfaces: Record<string, () => Promise<string>> = {
    avatar: async () => {
      const answer = await getAvatar(second, { key: home.key, username });
      return answer.headers.get("location") ?? answer.headers.get("x-avatar-status") ?? "";
    },
    avatars: async () =>
      (
        await send(second, "/v1/avatars", {
          method: "POST",
          headers: { "content-type": "application/json", "x-api-key": secret.key },
          body: JSON.stringify({ people: [{ username }] }),
        })
      ).text(),
    profile: async () =>
      (await send(second, `/v1/profile?username=${username}`, { headers: { "x-api-key": secret.key } })).text(),
    mcpAvatar: async () => JSON.stringify(await callTool(second, home.token, "get_profile_avatar", { username })),
    mcpProfile: async () => JSON.stringify(await callTool(second, home.token, "get_profile", { username })),
    people: async () => JSON.stringify(await second.profiles.people.list(member, home.id, {})),
    search: async () =>
      JSON.stringify((await second.profiles.people.list(member, home.id, { search: "unmistakable" })).items),
    personPage: async () => JSON.stringify(await second.profiles.people.get(member, home.id, username)),
    picture: async () => JSON.stringify(await second.avatars.look(home.id, username)),
  };
  const shows = (text: string) => /Zebedee|Unmistakable|\/cdn\/|"photoSha256":"/.test(text);
  for (const [name, ask] of Object.entries(surfaces)) expect(shows(await ask()), name).toBe(true);
  const location = (await surfaces["avatar"]?.()) ?? "";
  expect((await send(second, location)).status).toBe(200);

  await first.profiles.suppress(username, "asked", "test");
  clock.advance(1_000);
  for (const [name, ask] of Object.entries(surfaces)) expect(shows(await ask()), name).toBe(false);
  expect((await send(second, location)).status).toBe(404);

  // Neither an import nor an enrichment that ends now brings them back.
  const again = await importText(second, home.id, "again.csv", csv);
  expect(again).toMatchObject({ added: 0 });
  const kept = await told(second, username, { firstName: "Zebedee" });
  expect(kept).toBe(false);
  clock.advance(1_000);
  for (const [name, ask] of Object.entries(surfaces)) expect(shows(await ask()), name).toBe(false);
});

test("H-JOB-120: a deleted workspace leaves no row in any table but its log, no photo of its own, and deleting again does nothing", async () => {
  const services = await testServices();
  const home = await connectedWorkspace(services);
  const owner = await person(services, { [home.id]: "owner" });
  const username = newUsername("deleted");
  await importText(services, home.id, "p.csv", `username,first name,email\n${username},Ada,a@example.com\n`);
  await importPhoto(services, home.id, username, await drawPhoto());
  const { photo } = await services.avatars.resolve(home.id, username);
  await getAvatar(services, { key: home.key, username });
  const { id: webhook } = await services.webhooks.create(owner, home.id, {
    url: "https://example.com/",
    events: ["quota.80"],
  });
  await services.webhooks.deliveries.sendTest(owner, home.id, webhook);
  await services.profiles.people.suppress(owner, home.id, newUsername("hidden"), "");
  await ledgerOf(services, home.id);
  const tables = await services.db.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'organization_id' order by 1`,
  );
  const filled = async () => {
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await services.db.query(`select 1 from ${name} where organization_id = $1 limit 1`, [home.id]);
      if (rows.length > 0) found.push(name);
    }
    return found;
  };
  expect(await filled()).toEqual(
    expect.arrayContaining([
      "api_key",
      "avatar_request",
      "connection",
      "imported_person",
      "membership",
      "webhook_delivery",
    ]),
  );
  const [{ name } = { name: "" }] = await services.db.query<{ name: string }>(
    "select name from organization where id = $1",
    [home.id],
  );
  await services.workspaces.delete(owner, home.id, name);
  for (let n = 0; n < 2; n++) await services.workspaces.forget(home.id);
  expect(await filled()).toEqual(["audit_event"]);
  expect(await services.storage.examine(`photos/${photo?.sha256.slice(0, 2)}/${photo?.sha256}/master`)).toBe("missing");
  const tokens = await services.db.query("select 1 from access_token where connection_id = $1", [home.connectionId]);
  expect(tokens).toEqual([]);
  await expect(services.workspaces.delete(owner, home.id, name)).rejects.toMatchObject({
    code: "organization_not_found",
  });
  expect(await workspace(services)).toMatchObject({ id: expect.stringMatching(/^org_/) });
});
