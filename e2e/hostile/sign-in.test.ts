import { expect, test } from "vitest";
import { hashToken, newToken } from "../../lib/oauth/tokens.ts";
import type { Services } from "../../lib/services.ts";
import { CLIENT } from "../support/identity-providers.ts";
import { newUsername, testServices, workspace } from "../support/services.ts";
import { fieldFor, linkIn, mailingServices, newEmail, post, press, sendFrom, signInAs } from "../support/sign-in.ts";

const ELSEWHERE = [
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "https:evil.example",
  "https://evil.example",
  "https://avtrz.test@evil.example",
  "%2f%2fevil.example",
  "/%2fevil.example",
  "/.//evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "%0d%0aSet-Cookie: stolen=1",
  "/%0d%0aSet-Cookie: stolen=1",
  "/\r\nSet-Cookie: stolen=1",
  "javascript:alert(1)",
];

test.each(ELSEWHERE)("H-OAUTH-31 signing in never leads to %j, wherever it is put", async (next) => {
  const { services, outbox } = await mailingServices({ signIn: { github: CLIENT } });
  const email = newEmail();
  const asked = await post(services, "/api/auth/signin/email", { email, next });
  expect(asked.headers.get("location")).toBe("http://avtrz.test/sign-in?sent=1");
  const link = linkIn(outbox[0]);
  expect(link.searchParams.has("next")).toBe(false);
  link.searchParams.set("next", next);
  link.searchParams.set("callbackUrl", next);
  const opened = await sendFrom(services, `/api/auth/callback/email${link.search}`);
  expect(new URL(opened.headers.get("location") ?? "").searchParams.has("next")).toBe(false);
  const pressed = await press(services, link);
  expect(pressed.headers.get("location")).toBe("http://avtrz.test/");
  expect(pressed.headers.getSetCookie().join()).not.toMatch(/stolen|evil/);

  const left = await post(services, "/api/auth/signin/github", { next, callbackUrl: next });
  expect(left.headers.get("location")).not.toContain("evil");
  expect(left.headers.getSetCookie().join()).not.toContain("evil");
  const cookie = `next-auth.callback-url=${encodeURIComponent(next)}`;
  const back = await sendFrom(services, "/api/auth/callback/github?code=x&state=x", { headers: { cookie } });
  expect(back.headers.get("location")).toBe("http://avtrz.test/sign-in?error=provider");
  const out = await signInAs(services, email);
  const fields = { ...fieldFor(services, out.cookie, "sign-out"), next, callbackUrl: next };
  expect((await post(services, "/api/auth/signout", fields, { cookie: out.cookie })).headers.get("location")).toBe(
    "http://avtrz.test/",
  );
});

test("H-OAUTH-22 another site can neither sign a browser in nor ask for links in its name", async () => {
  const { services, outbox } = await mailingServices();
  const email = newEmail();
  const { token } = await services.signInLinks.create(email);
  const headers = [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }];
  for (const header of headers) {
    expect((await post(services, "/api/auth/callback/email", { token, email }, header)).status).toBe(403);
    expect((await post(services, "/api/auth/signin/email", { email }, header)).status).toBe(403);
  }
  expect(outbox).toEqual([]);
  expect((await post(services, "/api/auth/callback/email", { token, email })).headers.get("location")).toBe(
    "http://avtrz.test/",
  );
});

/** A connection of a member, with an access and a refresh token. */
async function connect(services: Services, organizationId: string, userId: string) {
  const prisma = await services.db.prisma();
  const connectionId = `con_${newUsername()}`;
  const token = newToken("access");
  const issued = { connectionId, familyId: "fam_x", scopes: ["avatars:read"], resource: services.oauth.mcpResource };
  const expiresAt = new Date(Date.now() + 3_600_000);
  await prisma.connection.create({
    data: {
      id: connectionId,
      organizationId,
      userId,
      clientId: "cli_x",
      clientName: "A client",
      redirectHost: "127.0.0.1",
      redirectUris: [],
      scopes: issued.scopes,
      resource: issued.resource,
    },
  });
  await prisma.accessToken.create({ data: { ...issued, hash: new Uint8Array(hashToken(token)), expiresAt } });
  const hash = new Uint8Array(hashToken(newToken("refresh")));
  await prisma.refreshToken.create({ data: { ...issued, hash, clientId: "cli_x", expiresAt } });
  return { connectionId, works: async () => (await services.oauth.verifyAccessToken(token, issued.resource)).ok };
}

async function auditOf(services: Services, target: string) {
  return services.db.query("select actor, action, detail from audit_event where target = $1 order by id", [target]);
}

test("H-OAUTH-40 a member who is removed loses their connections there, within a second, and no others", async () => {
  const services = await testServices();
  const [here, there] = [await workspace(services), await workspace(services)];
  const { userId } = await signInAs(services, newEmail());
  const member = { userId, email: "" };
  for (const { id } of [here, there]) {
    const { token } = await services.invitations.create("operator", id, { role: "member" });
    await services.invitations.accept(member, token);
  }
  const ended = await connect(services, here.id, userId);
  const kept = await connect(services, there.id, userId);
  expect([await ended.works(), await kept.works()]).toEqual([true, true]);
  await services.members.remove("operator", here.id, userId);
  await expect.poll(ended.works, { timeout: 1_000 }).toBe(false);
  expect(await kept.works()).toBe(true);
  const [row] = await services.db.query(
    `select c.revoked_reason, t.revoked_at is not null as access, r.revoked_at is not null as refresh from connection c
     join access_token t on t.connection_id = c.id join refresh_token r on r.connection_id = c.id where c.id = $1`,
    [ended.connectionId],
  );
  expect(row).toEqual({ revoked_reason: "member_removed", access: true, refresh: true });
  expect(await auditOf(services, ended.connectionId)).toEqual([
    { actor: "operator", action: "connection.revoke", detail: { reason: "member_removed" } },
  ]);
  // Coming back does not bring them back.
  const { token } = await services.invitations.create("operator", here.id, { role: "member" });
  await services.invitations.accept(member, token);
  expect(await services.connections.list(here.id)).toEqual([]);
});

test("H-OAUTH-40 a user who is deleted is signed in nowhere, and their connections are refused within a second", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const { userId, cookie } = await signInAs(services, newEmail());
  const { token } = await services.invitations.create("operator", id, { role: "admin" });
  await services.invitations.accept({ userId, email: "" }, token);
  const connection = await connect(services, id, userId);
  expect(await connection.works()).toBe(true);
  await services.db.query('delete from "user" where id = $1', [userId]);
  await expect.poll(connection.works, { timeout: 1_000 }).toBe(false);
  expect(await services.sessions.find(cookie.split("=")[1] ?? "")).toBeNull();
  await expect(services.members.list({ userId }, id)).rejects.toMatchObject({ code: "organization_not_found" });
});

test("a connection is ended by its user, by an admin of its workspace, by the operator, and by nobody else", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const people: Record<string, string> = {};
  for (const role of ["owner", "admin", "member"] as const) {
    const { userId } = await signInAs(services, newEmail());
    const { token } = await services.invitations.create("operator", id, { role });
    await services.invitations.accept({ userId, email: "" }, token);
    people[role] = userId;
  }
  const stranger = { userId: (await signInAs(services, newEmail())).userId };
  const as = (role: string) => ({ userId: people[role] ?? "" });
  const theirs = await connect(services, id, as("owner").userId);
  for (const viewer of [stranger, as("member")])
    expect(await services.connections.revoke(viewer, theirs.connectionId, "revoked_by_user")).toBe(false);
  expect(await theirs.works()).toBe(true);
  expect(await services.connections.revoke(as("admin"), theirs.connectionId, "revoked_by_user")).toBe(true);
  await expect.poll(theirs.works, { timeout: 1_000 }).toBe(false);
  expect(await services.connections.revoke(as("admin"), theirs.connectionId, "revoked_by_user")).toBe(false);
  const own = await connect(services, id, as("member").userId);
  expect(await services.connections.listOfUser(as("member").userId)).toMatchObject([{ id: own.connectionId }]);
  expect(await services.connections.revoke(as("member"), own.connectionId, "revoked_by_user")).toBe(true);
  expect(await auditOf(services, own.connectionId)).toMatchObject([
    { actor: people["member"], action: "connection.revoke" },
  ]);
});
