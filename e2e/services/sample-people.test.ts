import { expect, test } from "vitest";
import { parseUsername } from "../../lib/profiles/index.ts";
import { person } from "../support/person.ts";
import { getAvatar, testServices, workspace } from "../support/services.ts";

test("sample people come with faces, are marked, and go with one act, also after they were looked up", async () => {
  const services = await testServices();
  const { samples } = services.imports;
  const { id, key } = await workspace(services);
  const [admin, member] = [await person(services, { [id]: "admin" }), await person(services, { [id]: "member" })];
  const usernames = await samples.load(admin, id);
  expect(await samples.load(admin, id)).toEqual(usernames);
  expect(await samples.count(member, id)).toBe(8);
  const { items } = await services.profiles.people.list(member, id);
  expect(items.map(({ username }) => username)).toEqual([...usernames].sort());
  for (const one of items) {
    expect(one).toMatchObject({ source: "sample", status: "resolved", photoSource: "import" });
    expect(one.headline).toContain("Sample person");
    expect(parseUsername(one.username)).toMatchObject({ ok: true, username: one.username });
    expect(one.username).toMatch(/^sample-/);
  }
  const [first = ""] = usernames;
  expect((await getAvatar(services, { key, username: first })).status).toBe(302);

  expect(await samples.remove(admin, id)).toBe(8);
  expect((await services.profiles.people.list(member, id)).items).toEqual([]);
  expect(await samples.remove(admin, id)).toBe(0);
});

test("only owners and admins load and remove sample people, in their own workspace", async () => {
  const services = await testServices();
  const { samples } = services.imports;
  const { id } = await workspace(services);
  const member = await person(services, { [id]: "member" });
  const stranger = await person(services, { [(await workspace(services)).id]: "owner" });
  for (const act of [samples.load, samples.remove]) {
    await expect(act(member, id)).rejects.toMatchObject({ code: "role_too_low" });
    await expect(act(stranger, id)).rejects.toMatchObject({ code: "organization_not_found" });
  }
  await expect(samples.count(stranger, id)).rejects.toMatchObject({ code: "organization_not_found" });
});
