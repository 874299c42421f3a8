import { expect, test } from "vitest";
import type { Services } from "../../lib/services.ts";
import { importPhoto, importText } from "../support/people.ts";
import { person } from "../support/person.ts";
import { drawPhoto } from "../support/photos.ts";
import { getAvatar, newUsername, testServices, unipileConfig, workspace } from "../support/services.ts";
import { told } from "../support/told.ts";

async function setUp(options: Parameters<typeof testServices>[0] = {}) {
  const services = await testServices(options);
  const own = await workspace(services);
  const [admin, member, stranger] = [
    await person(services, { [own.id]: "admin" }),
    await person(services, { [own.id]: "member" }),
    await person(services, { [(await workspace(services)).id]: "owner" }),
  ];
  return { services, people: services.profiles.people, ...own, admin, member, stranger };
}

/** Imports people given as `username: [first, last, company, headline]`. */
async function importPeople(services: Services, organizationId: string, people: Record<string, string[]>) {
  const rows = Object.entries(people).map(([username, texts]) => [username, ...texts].join(","));
  await importText(
    services,
    organizationId,
    "p.csv",
    ["username,first name,last name,company,headline", ...rows].join("\n"),
  );
}

test("people are found by beginnings of their names, company, headline and username, whatever the accents", async () => {
  const { services, people, id, member } = await setUp();
  const [ada, jose, lin] = [newUsername("ada"), newUsername("jose"), newUsername("lin")];
  await importPeople(services, id, {
    [ada]: ["Ada", "Brook-Hansen", "Acme GmbH", "Builds bridges"],
    [jose]: ["José", "Müller", "O'Neil & Sons", "Иван"],
    [lin]: ["Lin", "Adamson", "", ""],
  });
  const find = async (search: string) =>
    (await people.list(member, id, { search })).items.map(({ username }) => username).sort();
  expect(await find("ad")).toEqual([ada, lin].sort());
  expect(await find("ADA brook")).toEqual([ada]);
  expect(await find("hans acm")).toEqual([ada]);
  expect(await find("bridges")).toEqual([ada]);
  expect(await find("jose muller")).toEqual([jose]);
  expect(await find("Mül")).toEqual([jose]);
  expect(await find("ИВ")).toEqual([jose]);
  expect(await find("o'neil")).toEqual([jose]);
  expect(await find(`https://www.linkedin.com/in/${lin}/`)).toEqual([lin]);
  expect(await find(lin)).toEqual([lin]);
  expect(await find("nobody at all")).toEqual([]);
  for (const odd of ["'", "\\", "a\0b", "':* | ", "%", "!!", " "]) expect(Array.isArray(await find(odd))).toBe(true);
});

test("whom a workspace only looked up is in its list too, by what providers told of them", async () => {
  const { services, people, id, key, member } = await setUp();
  const [known, unknown, others] = [newUsername("known"), newUsername("unknown"), newUsername("others")];
  await told(services, known, { firstName: "Ada", lastName: "Lindqvist", headline: "Engineer" });
  await told(services, others, { firstName: "Adam", lastName: "Lindqvist" });
  for (const username of [known, unknown]) await getAvatar(services, { key, username });
  const list = async (query = {}) => (await people.list(member, id, query)).items;
  expect(await list()).toMatchObject([
    { username: known, firstName: "Ada", headline: "Engineer", source: null, status: "not_found" },
    { username: unknown, firstName: null },
  ]);
  expect((await list({ search: "lindq" })).map(({ username }) => username)).toEqual([known]);
  expect((await list({ search: unknown.slice(0, -1) })).map(({ username }) => username)).toContain(unknown);
  expect(await list({ imported: true })).toEqual([]);
});

test("the list is read page by page, and by status exactly those", async () => {
  const { services, people, id, key, admin, member } = await setUp(unipileConfig);
  const imported = Array.from({ length: 6 }, () => newUsername("page"));
  await importPeople(services, id, Object.fromEntries(imported.map((username) => [username, ["Page", "Person"]])));
  await importPhoto(services, id, imported[1] ?? "", await drawPhoto());
  const queued = newUsername("queued");
  await getAvatar(services, { key, username: queued });
  await people.suppress(admin, id, imported[4] ?? "", "asked by the person");

  async function read(query: object, limit: number): Promise<string[]> {
    const usernames: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await people.list(member, id, { ...query, cursor, limit });
      usernames.push(...page.items.map(({ username }) => username));
      cursor = page.next ?? undefined;
      more = page.next !== null;
    }
    return usernames;
  }
  const all = [...imported, queued].sort();
  for (const limit of [1, 3, 100]) {
    expect(await read({}, limit)).toEqual(all);
    expect(await read({ search: "page pers" }, limit)).toEqual(
      all.filter((one) => one !== queued && one !== imported[4]),
    );
    expect(await read({ status: "resolved" }, limit)).toEqual([imported[1]]);
    expect(await read({ status: "enriching" }, limit)).toEqual([queued]);
    expect(await read({ status: "suppressed" }, limit)).toEqual([imported[4]]);
    expect(await read({ status: "not_found" }, limit)).toEqual([0, 2, 3, 5].map((index) => imported[index]).sort());
  }
});

test("a person's facts are told with who said them and when, and which of them is shown", async () => {
  const { services, people, id, member } = await setUp();
  const username = newUsername("facts");
  await importPeople(services, id, { [username]: ["Ada", "Brook", "Acme", ""] });
  await importPhoto(services, id, username, await drawPhoto());
  const theirs = await services.avatars.resolve(id, username);
  await told(
    services,
    username,
    { firstName: "Adelaide", summary: "Long", verified: true },
    { photo: theirs.photo?.sha256 ?? null },
  );
  const found = await people.get(member, id, username);
  expect(found).toMatchObject({
    linkedinUrl: `https://www.linkedin.com/in/${username}`,
    status: "resolved",
    photo: { sha256: theirs.photo?.sha256, source: "import" },
    photos: [{ source: "import" }, { source: "unipile" }],
    imported: { source: "photo_folder", at: expect.any(String) },
    firstLookedUpAt: null,
    lookup: {
      answers: [{ provider: "unipile", outcome: "found", at: expect.any(String), facts: 3, photo: false }],
      queuedAt: null,
      checkedAt: expect.any(String),
    },
    suppressed: null,
  });
  const facts = found?.facts.map(({ name, value, source, used }) => [name, value, source, used]);
  expect(facts).toEqual([
    ["firstName", "Ada", "import", true],
    ["firstName", "Adelaide", "unipile", false],
    ["lastName", "Brook", "import", true],
    ["company", "Acme", "import", true],
    ["summary", "Long", "unipile", true],
    ["verified", true, "unipile", true],
  ]);
  expect(found?.facts.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);
  expect(await people.get(member, id, newUsername("nobody"))).toBeNull();
});

test("a photo uploaded by hand is shown in its workspace alone, before any other, until it is removed", async () => {
  const { services, people, id, key, admin } = await setUp();
  const other = await workspace(services);
  const [username, onlyLookedUp] = [newUsername("own"), newUsername("only")];
  await importPhoto(services, id, username, await drawPhoto());
  await importPhoto(services, other.id, username, await drawPhoto());
  const shown = async (organizationId: string, who = username) =>
    (await services.avatars.resolve(organizationId, who)).photo?.sha256;
  const [before, theirs] = [await shown(id), await shown(other.id)];

  const first = await people.setOwnPhoto(admin, id, username, await drawPhoto());
  expect(await shown(id)).toBe(first);
  expect(await shown(other.id)).toBe(theirs);
  const second = await people.setOwnPhoto(admin, id, username, await drawPhoto({ format: "png" }));
  expect(await shown(id)).toBe(second);
  expect(await people.get(admin, id, username)).toMatchObject({ photo: { sha256: second, source: "own" } });
  // The first one is nobody's any more: its file is gone too.
  expect(await services.avatars.photos.variant(first, 64, "webp")).toBeNull();
  await people.removeOwnPhoto(admin, id, username);
  expect(await shown(id)).toBe(before);
  await expect(people.removeOwnPhoto(admin, id, username)).rejects.toMatchObject({ code: "person_not_found" });

  await getAvatar(services, { key, username: onlyLookedUp });
  await people.setOwnPhoto(admin, id, onlyLookedUp, await drawPhoto());
  expect(await shown(id, onlyLookedUp)).toEqual(expect.any(String));
  await people.removeOwnPhoto(admin, id, onlyLookedUp);
  expect(await people.get(admin, id, onlyLookedUp)).toMatchObject({ status: "not_found", imported: null });
  await expect(people.setOwnPhoto(admin, id, username, Buffer.from("no picture"))).rejects.toMatchObject({
    code: "photo_unusable",
  });
});

test("who is suppressed in a workspace is shown as initials there, at once, and nothing imported of them is kept", async () => {
  const { services, people, id, key, admin, member } = await setUp();
  const other = await workspace(services);
  const username = newUsername("hidden");
  for (const one of [id, other.id]) await importPhoto(services, one, username, await drawPhoto());
  const photo = (await services.avatars.resolve(id, username)).photo?.sha256 ?? "";
  expect((await getAvatar(services, { key, username })).status).toBe(302);
  await people.suppress(admin, id, username, " asked \n by the person ");
  expect((await getAvatar(services, { key, username })).headers.get("x-avatar-status")).toBe("not_found");
  expect(await services.profiles.describe(id, username, null)).toBeNull();
  expect(await services.avatars.photos.variant(photo, 64, "webp")).toBeNull();
  expect(await people.get(member, id, username)).toMatchObject({
    status: "suppressed",
    facts: [],
    photos: [],
    suppressed: { by: "workspace", reason: "asked by the person" },
  });
  // Nobody else's people are touched.
  expect((await getAvatar(services, { key: other.key, username })).status).toBe(302);
  await expect(people.setOwnPhoto(admin, id, username, await drawPhoto())).rejects.toMatchObject({
    code: "person_suppressed",
  });
  expect(await importText(services, id, "p.csv", `username\n${username}`)).toMatchObject({ suppressed: [username] });
  await people.unsuppress(admin, id, username);
  expect(await people.get(member, id, username)).toMatchObject({ status: "not_found", suppressed: null });
  await expect(people.unsuppress(admin, id, username)).rejects.toMatchObject({ code: "person_not_found" });
});

test("a person who is deleted is gone from the workspace, and counts as new when they are looked up again", async () => {
  const { services, people, id, key, admin, member } = await setUp();
  const username = newUsername("deleted");
  await importPhoto(services, id, username, await drawPhoto());
  const photo = (await services.avatars.resolve(id, username)).photo?.sha256 ?? "";
  await getAvatar(services, { key, username });
  await people.delete(admin, id, username);
  expect(await people.get(member, id, username)).toBeNull();
  expect(await services.avatars.photos.variant(photo, 64, "webp")).toBeNull();
  await expect(people.delete(admin, id, username)).rejects.toMatchObject({ code: "person_not_found" });
  await getAvatar(services, { key, username });
  expect((await services.quotas.usage(member, id)).meters[1]).toMatchObject({ metric: "avatar_new_profiles", used: 2 });
  expect((await services.audit.list(member, id, { action: "person" })).items).toMatchObject([
    { action: "person.delete", target: username, actorEmail: admin.email },
  ]);
});

test("a person can be looked up again before it is time, but not within the hour", async () => {
  const { services, people, id, key, admin } = await setUp(unipileConfig);
  const [username, recent] = [newUsername("again"), newUsername("recent")];
  await getAvatar(services, { key, username });
  await services.db.query(
    "update profile set queued_at = null, checked_at = now() - interval '2 hours', stale_at = now() + interval '1 day' where username = $1",
    [username],
  );
  expect(await people.recheck(admin, id, username)).toBe(true);
  expect(await people.get(admin, id, username)).toMatchObject({ status: "enriching" });
  await told(services, recent, {});
  await importPeople(services, id, { [recent]: ["Re", "Cent"] });
  expect(await people.recheck(admin, id, recent)).toBe(false);
  await expect(people.recheck(admin, id, newUsername())).rejects.toMatchObject({ code: "person_not_found" });
});

test("members only look, and whoever does not belong to the workspace sees nobody", async () => {
  const { services, people, id, member, stranger } = await setUp();
  const username = newUsername("mine");
  await importPhoto(services, id, username, await drawPhoto());
  const acts = async (viewer: { userId: string }) => {
    const photo = await drawPhoto();
    return [
      people.suppress(viewer, id, username, ""),
      people.unsuppress(viewer, id, username),
      people.delete(viewer, id, username),
      people.setOwnPhoto(viewer, id, username, photo),
      people.removeOwnPhoto(viewer, id, username),
      people.recheck(viewer, id, username),
    ];
  };
  const codes = async (attempts: Promise<unknown>[]) => {
    const settled = await Promise.allSettled(attempts);
    return [...new Set(settled.map((one) => (one.status === "rejected" ? one.reason.code : "done")))];
  };
  expect(await codes(await acts(member))).toEqual(["role_too_low"]);
  expect(await codes(await acts(stranger))).toEqual(["organization_not_found"]);
  expect(await codes([people.list(stranger, id), people.get(stranger, id, username)])).toEqual([
    "organization_not_found",
  ]);
  const [theirs] = await services.organizations.ofUser(stranger.userId);
  expect(await people.get(stranger, theirs?.id ?? "", username)).toBeNull();
  expect((await people.list(stranger, theirs?.id ?? "", { search: "mine" })).items).toEqual([]);
  expect(await people.get(member, id, username)).toMatchObject({ status: "resolved" });
});
