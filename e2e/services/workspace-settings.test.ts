import { expect, test } from "vitest";
import { connectTo } from "../support/connected-workspace.ts";
import { importPhoto } from "../support/people.ts";
import { person } from "../support/person.ts";
import { drawPhoto } from "../support/photos.ts";
import { ask } from "../support/requests.ts";
import { getAvatar, ledgerOf, newUsername, testServices, workspace } from "../support/services.ts";

async function setUp() {
  const services = await testServices();
  const own = await workspace(services);
  const [owner, admin, member, stranger] = [
    await person(services, { [own.id]: "owner" }),
    await person(services, { [own.id]: "admin" }),
    await person(services, { [own.id]: "member" }),
    await person(services, { [(await workspace(services)).id]: "owner" }),
  ];
  return { services, ...own, owner, admin, member, stranger };
}

test("a workspace is renamed by its owners and admins, and the log keeps both names", async () => {
  const { services, id, admin, member, stranger } = await setUp();
  expect(await services.workspaces.rename(admin, id, "  Acme \n Europe ")).toBe("Acme Europe");
  expect((await services.organizations.require(id)).name).toBe("Acme Europe");
  await services.workspaces.rename(admin, id, "Acme Europe");
  const { items } = await services.audit.list(member, id, { action: "organization.rename" });
  expect(items).toMatchObject([{ detail: { from: "Test", to: "Acme Europe" }, actorEmail: admin.email }]);
  for (const name of ["", " \u200b ", "x".repeat(81)])
    await expect(services.workspaces.rename(admin, id, name)).rejects.toMatchObject({ code: "invalid_name" });
  await expect(services.workspaces.rename(member, id, "Mine")).rejects.toMatchObject({ code: "role_too_low" });
  await expect(services.workspaces.rename(stranger, id, "Mine")).rejects.toMatchObject({
    code: "organization_not_found",
  });
});

test("an owner is told what will be lost, and deletes a workspace with everything in it but its log", async () => {
  const { services, id, key, owner, admin, stranger } = await setUp();
  const other = await workspace(services);
  const [mine, shared] = [newUsername("mine"), newUsername("shared")];
  const photo = await drawPhoto();
  await importPhoto(services, id, mine, await drawPhoto());
  for (const one of [id, other.id]) await importPhoto(services, one, shared, photo);
  const hashOf = async (username: string) => (await services.avatars.resolve(id, username)).photo?.sha256 ?? "";
  const [onlyHere, elsewhere] = [await hashOf(mine), await hashOf(shared)];
  const { token } = await connectTo(services, id, { userId: owner.userId });
  await services.keys.create(owner, id, { type: "secret", name: "Server" });
  for (let i = 0; i < 3; i++) await ask(services, id, { outcome: i ? "resolved" : "blocked" });
  await ask(services, other.id);
  await services.quotas.ledger.close();

  const counts = { members: 3, keys: 2, connections: 1, people: 4, requests: 3, personas: 0 };
  expect(await services.workspaces.countAll(owner, id)).toEqual(counts);
  const attempts: [{ userId: string }, string, string][] = [
    [admin, "Test", "role_too_low"],
    [stranger, "Test", "organization_not_found"],
    [owner, "test", "name_not_confirmed"],
    [owner, "", "name_not_confirmed"],
  ];
  for (const [viewer, name, code] of attempts)
    await expect(services.workspaces.delete(viewer, id, name)).rejects.toMatchObject({ code });
  await expect(services.workspaces.countAll(admin, id)).rejects.toMatchObject({ code: "role_too_low" });

  await services.workspaces.delete(owner, id, " Test ");
  await expect(services.members.list("operator", id)).resolves.toEqual([]);
  await expect(services.members.list(owner, id)).rejects.toMatchObject({ code: "organization_not_found" });
  await expect(services.workspaces.delete(owner, id, "Test")).rejects.toMatchObject({ code: "organization_not_found" });
  // What was believed a moment ago is believed for half a second.
  await expect.poll(async () => (await getAvatar(services, { key, username: mine })).status).toBe(401);
  await expect
    .poll(async () => (await services.oauth.verifyAccessToken(token, services.oauth.mcpResource)).ok)
    .toBe(false);
  await expect.poll(() => services.avatars.photos.variant(onlyHere, 64, "webp")).toBeNull();
  expect(await services.avatars.photos.variant(elsewhere, 64, "webp")).not.toBeNull();

  await services.workspaces.forget(id);
  await services.workspaces.forget(other.id);
  expect(await ledgerOf(services, id)).toEqual([]);
  expect(await ledgerOf(services, other.id)).toHaveLength(1);
  const [left] = await services.db.query(
    `select (select count(*) from organization_profile where organization_id = $1)
       + (select count(*) from request_hour where organization_id = $1)
       + (select count(*) from request_hour_source where organization_id = $1)
       + (select count(*) from request_day_source where organization_id = $1)
       + (select count(*) from request_latency where organization_id = $1) as rows`,
    [id],
  );
  expect(left).toEqual({ rows: 0 });
  expect((await services.audit.list("operator", id, { limit: 1 })).items).toMatchObject([
    { action: "organization.delete", detail: { name: "Test" }, actorEmail: owner.email },
  ]);
});

test("the worker is told of a deleted workspace in the transaction that deletes it", async () => {
  const { services, id, owner } = await setUp();
  await services.workspaces.delete(owner, id, "Test");
  const jobs = await services.db.query(
    "select 1 from pgboss.job where name = 'forget' and data->>'organizationId' = $1",
    [id],
  );
  expect(jobs).toHaveLength(1);
});

test("people see where they are signed in, and end one of their sessions or all others; nobody else's", async () => {
  const services = await testServices();
  const [ada, eve] = [await person(services), await person(services)];
  const [phone, laptop] = [
    await services.sessions.create(ada.userId, "Phone"),
    await services.sessions.create(ada.userId, "Laptop"),
  ];
  const here = await services.sessions.find(laptop.token);
  if (!here) throw new Error("no session");
  const listed = await services.sessions.listOfUser(here);
  expect(listed.map(({ userAgent, current }) => [userAgent, current]).sort()).toEqual([
    ["Laptop", true],
    ["Phone", false],
    ["a test", false],
  ]);
  const onPhone = listed.find(({ userAgent }) => userAgent === "Phone")?.id ?? "";
  await expect(services.sessions.endOne(eve, onPhone)).rejects.toMatchObject({ code: "session_not_found" });
  await services.sessions.endOne(ada, onPhone);
  await expect(services.sessions.endOne(ada, onPhone)).rejects.toMatchObject({ code: "session_not_found" });
  expect(await services.sessions.find(phone.token)).toBeNull();
  expect(await services.sessions.endOthers(here)).toBe(1);
  expect(await services.sessions.find(ada.token)).toBeNull();
  expect(await services.sessions.find(laptop.token)).not.toBeNull();
  expect(await services.sessions.find(eve.token)).not.toBeNull();
  expect(JSON.stringify(await services.sessions.listOfUser(here))).not.toContain(laptop.token);
});

test("photos that nobody is shown by any more are gone the next night, and no others", async () => {
  const { services, id } = await setUp();
  const [left, kept] = [newUsername("left"), newUsername("kept")];
  for (const username of [left, kept]) await importPhoto(services, id, username, await drawPhoto());
  const hash = async (username: string) => (await services.avatars.resolve(id, username)).photo?.sha256 ?? "";
  const [leftPhoto, keptPhoto] = [await hash(left), await hash(kept)];
  // As a crash between two steps of a deletion leaves it.
  await services.db.query("delete from imported_person where username = $1", [left]);
  await services.avatars.photos.removeUnshown();
  expect(await services.avatars.photos.variant(leftPhoto, 64, "webp")).not.toBeNull();
  await services.db.query("update photo set created_at = now() - interval '2 days' where sha256 = any($1)", [
    [leftPhoto, keptPhoto],
  ]);
  await services.avatars.photos.removeUnshown();
  await expect.poll(() => services.avatars.photos.variant(leftPhoto, 64, "webp")).toBeNull();
  expect(await services.avatars.photos.variant(keptPhoto, 64, "webp")).not.toBeNull();
});
