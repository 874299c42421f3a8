import { expect, test } from "vitest";
import { workspaceFormPurpose } from "../../../lib/http/index.ts";
import { ROLES, type Role } from "../../../lib/organizations/index.ts";
import type { Services } from "../../../lib/services.ts";
import { steppedClock, testServices, workspace } from "../../support/services.ts";
import { fieldFor, mailingServices, newEmail, post, signInAs } from "../../support/sign-in.ts";

type Person = { email: string; cookie: string; userId: string };

/** Somebody who is signed in and belongs to the workspace. */
async function memberOf(services: Services, organizationId: string, role: Role): Promise<Person> {
  const email = newEmail();
  const person = { email, ...(await signInAs(services, email)) };
  const { token } = await services.invitations.create("operator", organizationId, { role });
  await services.invitations.accept(person, token);
  return person;
}

/** Sends a form of the workspace's pages as that person would; answers with what the page is then told. */
async function change(services: Services, who: Person, organizationId: string, what: string, fields: object) {
  const answer = await post(
    services,
    `/workspaces/${organizationId}/${what}`,
    { ...fieldFor(services, who.cookie, workspaceFormPurpose(organizationId)), ...fields },
    { cookie: who.cookie },
  );
  expect(answer.status).toBe(303);
  return {
    told: new URL(answer.headers.get("location") ?? "").search,
    invitation:
      answer.headers
        .getSetCookie()
        .join()
        .match(/\.([\w-]{43});/)?.[1] ?? "",
  };
}

async function accept(services: Services, who: Person, token: string): Promise<string> {
  const answer = await post(
    services,
    "/invite/accept",
    { ...fieldFor(services, who.cookie, "invitation"), token },
    { cookie: who.cookie },
  );
  return new URL(answer.headers.get("location") ?? "").search;
}

async function roleIn(services: Services, organizationId: string, { userId }: Person): Promise<Role | undefined> {
  return (await services.organizations.ofUser(userId)).find(({ id }) => id === organizationId)?.role;
}

async function outsider(services: Services): Promise<Person> {
  const email = newEmail();
  return { email, ...(await signInAs(services, email)) };
}

test("what each role may do: owners everything, admins what is not the owners', members nothing but leave", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  await memberOf(services, id, "owner");
  const expected: Record<Role, Record<string, string>> = {
    owner: { owner: "?done=invite", admin: "?done=invite", member: "?done=invite" },
    admin: { owner: "?error=role_too_low", admin: "?done=invite", member: "?done=invite" },
    member: { owner: "?error=role_too_low", admin: "?error=role_too_low", member: "?error=role_too_low" },
  };
  for (const own of ["owner", "admin", "member"] as const) {
    const viewer = await memberOf(services, id, own);
    for (const role of ["owner", "admin", "member"] as const) {
      const invited = await change(services, viewer, id, "invite", { role });
      expect([own, role, invited.told]).toEqual([own, role, expected[own][role]]);
      const other = await memberOf(services, id, role);
      const removed = await change(services, viewer, id, "remove-member", { id: other.userId });
      const removes = expected[own][role]?.replace("invite", "remove-member");
      expect([own, role, removed.told]).toEqual([own, role, removes]);
      expect(await roleIn(services, id, other)).toBe(removes?.includes("done") ? undefined : role);
    }
    expect((await change(services, viewer, id, "remove-member", { id: viewer.userId })).told).toBe(
      "?done=remove-member",
    );
    expect(await roleIn(services, id, viewer)).toBeUndefined();
  }
});

test("nobody gives or takes a role above their own, and the last owner stays one", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const allowed: Record<Role, readonly string[]> = {
    owner: ROLES.flatMap((from) => ROLES.map((to) => `${from} ${to}`)),
    admin: ["admin admin", "admin member", "member admin", "member member"],
    member: [],
  };
  await memberOf(services, id, "owner");
  for (const own of ROLES) {
    const viewer = await memberOf(services, id, own);
    for (const from of ROLES) {
      for (const to of ROLES) {
        const other = await memberOf(services, id, from);
        const { told } = await change(services, viewer, id, "change-role", { id: other.userId, role: to });
        const may = allowed[own].includes(`${from} ${to}`);
        expect([own, from, to, told]).toEqual([own, from, to, may ? "?done=change-role" : "?error=role_too_low"]);
        expect(await roleIn(services, id, other)).toBe(may ? to : from);
      }
    }
  }
  const alone = await workspace(services);
  const last = await memberOf(services, alone.id, "owner");
  expect((await change(services, last, alone.id, "change-role", { id: last.userId, role: "member" })).told).toBe(
    "?error=last_owner",
  );
});

test("for whoever does not belong to it, a workspace does not exist", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await memberOf(services, id, "owner");
  const invitation = await services.invitations.create(owner, id, { role: "member" });
  const stranger = await outsider(services);
  const attempts: [string, object][] = [
    ["invite", { role: "member" }],
    ["revoke-invitation", { id: invitation.id }],
    ["remove-member", { id: owner.userId }],
  ];
  for (const [what, fields] of attempts)
    expect((await change(services, stranger, id, what, fields)).told).toBe("?error=organization_not_found");
  await expect(services.members.list(stranger, id)).rejects.toMatchObject({ code: "organization_not_found" });
  await expect(services.invitations.list(stranger, id)).rejects.toMatchObject({ code: "organization_not_found" });
  // Through a workspace of one's own nothing of another's is reached either.
  const [own] = await services.organizations.ofUser(stranger.userId);
  expect((await change(services, stranger, own?.id ?? "", "revoke-invitation", { id: invitation.id })).told).toBe(
    "?error=invitation_not_found",
  );
  expect((await change(services, stranger, own?.id ?? "", "remove-member", { id: owner.userId })).told).toBe(
    "?error=member_not_found",
  );
  expect(await services.invitations.list(owner, id)).toHaveLength(1);
});

test("a workspace keeps its last owner, also when its owners remove each other at once", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const [ada, eve] = [await memberOf(services, id, "owner"), await memberOf(services, id, "owner")];
  const told = await Promise.all([
    change(services, ada, id, "remove-member", { id: eve.userId }),
    change(services, eve, id, "remove-member", { id: ada.userId }),
  ]);
  expect(told.filter((one) => one.told === "?done=remove-member")).toHaveLength(1);
  const owners = (await services.members.list("operator", id)).filter(({ role }) => role === "owner");
  expect(owners).toHaveLength(1);
  const last = owners[0]?.userId === ada.userId ? ada : eve;
  expect((await change(services, last, id, "remove-member", { id: last.userId })).told).toBe("?error=last_owner");
  await expect(services.members.remove("operator", id, last.userId)).rejects.toMatchObject({ code: "last_owner" });
});

test("an invitation lets in one person, once, of fifty who press the button", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await memberOf(services, id, "owner");
  const { invitation } = await change(services, owner, id, "invite", { role: "admin" });
  const people = await Promise.all(Array.from({ length: 5 }, () => outsider(services)));
  const told = await Promise.all(
    Array.from({ length: 50 }, (_, i) => accept(services, people[i % 5] as Person, invitation)),
  );
  expect(told.filter((one) => one === "?done=join")).toHaveLength(1);
  expect(told.filter((one) => one === "?error=invitation_not_found")).toHaveLength(49);
  const roles = await Promise.all(people.map((person) => roleIn(services, id, person)));
  expect(roles.filter((role) => role === "admin")).toHaveLength(1);
});

test("an invitation to one address stays open for it when somebody else tries", async () => {
  const { services } = await mailingServices();
  const { id } = await workspace(services);
  const owner = await memberOf(services, id, "owner");
  const [meant, other] = [await outsider(services), await outsider(services)];
  const { invitation } = await change(services, owner, id, "invite", {
    role: "member",
    email: meant.email.toUpperCase(),
  });
  expect(await accept(services, other, invitation)).toBe("?error=invitation_for_another");
  expect(await accept(services, meant, invitation)).toBe("?done=join");
  expect([await roleIn(services, id, other), await roleIn(services, id, meant)]).toEqual([undefined, "member"]);
});

test("an invitation ends when it is revoked, after seven days, and with the membership of who made it", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id } = await workspace(services);
  const owner = await memberOf(services, id, "owner");
  const admin = await memberOf(services, id, "admin");
  const guest = await outsider(services);
  const revoked = await services.invitations.create(owner, id, { role: "member" });
  expect((await change(services, owner, id, "revoke-invitation", { id: revoked.id })).told).toBe(
    "?done=revoke-invitation",
  );
  const theirs = await services.invitations.create(admin, id, { role: "admin" });
  await services.members.remove(owner, id, admin.userId);
  const old = await services.invitations.create(owner, id, { role: "member" });
  expect(await services.invitations.find(old.token)).toMatchObject({ role: "member", invitedBy: owner.email });
  clock.advance(7 * 86_400_000);
  for (const { token } of [revoked, theirs, old]) {
    expect(await services.invitations.find(token)).toBeNull();
    await expect(services.invitations.accept(guest, token)).rejects.toMatchObject({ code: "invitation_not_found" });
  }
  expect(await services.invitations.list(owner, id)).toEqual([]);
});

test("whoever belongs to a workspace keeps their role when they use an invitation to it", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await memberOf(services, id, "owner");
  const { token } = await services.invitations.create(owner, id, { role: "member" });
  expect(await accept(services, owner, token)).toBe("?done=join");
  expect(await roleIn(services, id, owner)).toBe("owner");
});

test("an invitation's token is in no row, and its cookie is for one workspace's pages and two minutes", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await memberOf(services, id, "owner");
  const { invitation } = await change(services, owner, id, "invite", { role: "member" });
  const rows = await services.db.query(
    "select i.*, encode(token_hash, 'escape') from invitation i where organization_id = $1",
    [id],
  );
  expect(JSON.stringify(rows)).not.toContain(invitation);
  const field = fieldFor(services, owner.cookie, workspaceFormPurpose(id));
  const answer = await post(
    services,
    `/workspaces/${id}/invite`,
    { ...field, role: "member" },
    { cookie: owner.cookie },
  );
  expect(answer.headers.getSetCookie()[0]).toMatch(
    new RegExp(`; Path=/${id}; Max-Age=120; HttpOnly; SameSite=Strict$`),
  );
  expect(answer.headers.get("location")).not.toMatch(/[\w-]{43}/);
});

test("a form of another session, of another workspace, or from another site changes nothing", async () => {
  const services = await testServices();
  const [one, two] = [await workspace(services), await workspace(services)];
  const owner = await memberOf(services, one.id, "owner");
  const good = fieldFor(services, owner.cookie, workspaceFormPurpose(one.id)).form_token;
  const refused: [string, Record<string, string>][] = [
    ["", {}],
    [fieldFor(services, owner.cookie, workspaceFormPurpose(two.id)).form_token, {}],
    [fieldFor(services, "x=another", workspaceFormPurpose(one.id)).form_token, {}],
    [good, { origin: "https://evil.example" }],
    [good, { origin: "null" }],
    [good, { "sec-fetch-site": "cross-site" }],
  ];
  for (const [form_token, headers] of refused) {
    const fields = { form_token, role: "owner" };
    const answer = await post(services, `/workspaces/${one.id}/invite`, fields, { cookie: owner.cookie, ...headers });
    expect([answer.status, (await answer.json()).code]).toEqual([403, "form_refused"]);
  }
  expect(await services.invitations.list(owner, one.id)).toEqual([]);
  const out = await post(services, `/workspaces/${one.id}/invite`, { form_token: good, role: "owner" });
  expect(out.headers.get("location")).toBe(`http://avtrz.test/sign-in?next=%2F${one.id}`);
});
