import { expect, inject, onTestFinished, test } from "vitest";
import { createServices } from "../../lib/services.ts";
import { prepareFirstWorkspace, welcome } from "../../scripts/welcome.ts";
import { createDatabase } from "../support/backend.ts";
import { ask, refused } from "../support/command-line.ts";
import { newUsername, steppedClock, testConfig, testServices, workspace } from "../support/services.ts";
import { newEmail, press, sessionCookie, signInAs } from "../support/sign-in.ts";

test("a link made on the command line signs somebody in once, within a day", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const email = newEmail();
  const made = await ask<{ email: string; link: string }>(services.config, "sign-in-link", email.toUpperCase());
  expect(made.email).toBe(email);
  const link = new URL(made.link);
  link.host = "avtrz.test";
  const pressed = await press(services, link);
  expect(pressed.headers.get("location")).toBe("http://avtrz.test/workspaces");
  sessionCookie(pressed);
  expect((await press(services, link)).headers.get("location")).toContain("error=link");
  const late = new URL((await ask<{ link: string }>(services.config, "sign-in-link", email)).link);
  clock.advance(25 * 3_600_000);
  expect((await press(services, late)).headers.get("location")).toContain("error=link");
});

test("members are invited, listed and removed from the command line, never the last owner", async () => {
  const services = await testServices();
  const { config } = services;
  const { id: org } = await workspace(services);
  for (const role of ["owner", "member"]) {
    const email = newEmail();
    const { userId } = await signInAs(services, email);
    const { link } = await ask<{ link: string }>(
      config,
      "invitation",
      "create",
      "--org",
      org,
      "--role",
      role,
      "--email",
      email,
    );
    await services.invitations.accept({ userId, email }, new URL(link).pathname.split("/")[2] ?? "");
  }
  const list = () =>
    ask<{ members: { email: string; role: string; userId: string }[] }>(config, "member", "list", "--org", org);
  const { members } = await list();
  expect(members.map(({ role }) => role)).toEqual(["owner", "member"]);
  await ask(config, "member", "remove", members[1]?.email ?? "", "--org", org);
  expect((await list()).members).toEqual([members[0]]);
  expect(await refused(config, "member", "remove", members[0]?.userId ?? "", "--org", org)).toMatchObject({
    exit: 1,
    code: "last_owner",
  });
});

test("an invitation is listed without its link, and lets nobody in once it is revoked", async () => {
  const services = await testServices();
  const { config } = services;
  const { id: org } = await workspace(services);
  const made = await ask<{ id: string; link: string }>(config, "invitation", "create", "--org", org, "--role", "admin");
  const token = new URL(made.link).pathname.split("/")[2] ?? "";
  const listed = await ask<{ invitations: object[] }>(config, "invitation", "list", "--org", org);
  expect(listed.invitations).toMatchObject([{ id: made.id, role: "admin", email: null }]);
  expect(JSON.stringify(listed)).not.toContain(token);
  await ask(config, "invitation", "revoke", made.id, "--org", org);
  expect(await services.invitations.find(token)).toBeNull();
  expect(await refused(config, "invitation", "revoke", made.id, "--org", org)).toMatchObject({
    code: "invitation_not_found",
  });
});

test("a connection is listed for its workspace and revoked through it alone", async () => {
  const services = await testServices();
  const { config } = services;
  const [{ id: org }, { id: other }] = [await workspace(services), await workspace(services)];
  const { userId } = await signInAs(services, newEmail());
  const id = `con_${newUsername()}`;
  await (await services.db.prisma()).connection.create({
    data: {
      id,
      organizationId: org,
      userId,
      clientId: "cli_x",
      clientName: "A client",
      redirectHost: "127.0.0.1",
      scopes: ["avatars:read"],
      resource: services.oauth.mcpResource,
    },
  });
  const list = () => ask<{ connections: object[] }>(config, "connection", "list", "--org", org);
  expect((await list()).connections).toMatchObject([{ id, clientName: "A client", userId }]);
  expect(await refused(config, "connection", "revoke", id, "--org", other)).toMatchObject({
    code: "connection_not_found",
  });
  await ask(config, "connection", "revoke", id, "--org", org);
  expect((await list()).connections).toEqual([]);
});

/** An installation of its own, whose first workspace waits for its owner. */
async function fresh(ownerEmail?: string) {
  const database = await createDatabase(inject("backend"));
  const config = { ...testConfig({ databaseUrl: database.url, redis: undefined }), ownerEmail };
  const services = await createServices(config);
  onTestFinished(async () => {
    await services.close();
    await database.remove();
  });
  return services;
}

test("the first to sign in owns the first workspace, one of several at once, and nobody after them", async () => {
  const services = await fresh();
  const first = await prepareFirstWorkspace(services);
  expect(await welcome(services, first)).toMatch(
    /Connector +http:\/\/avtrz\.test\/mcp\n[\s\S]*Own it +npm run avtrz -- sign-in-link/,
  );
  const people = await Promise.all(Array.from({ length: 5 }, () => signInAs(services, newEmail())));
  const owners = await services.members.list("operator", first?.id ?? "");
  expect(owners).toHaveLength(1);
  for (const { userId } of people) expect(await services.organizations.ofUser(userId)).toHaveLength(1);
  // Not even when its owner is gone: it holds what was theirs.
  await services.db.query('delete from "user" where id = $1', [owners[0]?.userId]);
  await services.organizations.offerFirst(first?.id ?? "");
  const late = await signInAs(services, newEmail());
  expect((await services.organizations.ofUser(late.userId)).map(({ id }) => id)).not.toContain(first?.id);
});

test("with AVTRZ_OWNER_EMAIL only that address becomes the owner, by the link that the start prints", async () => {
  const services = await fresh("ada@example.com");
  const first = await prepareFirstWorkspace(services);
  const early = await signInAs(services, newEmail());
  expect((await services.organizations.ofUser(early.userId)).map(({ id }) => id)).not.toContain(first?.id);
  // The next start says it too, though there are more workspaces by then.
  const printed = (await welcome(services, await prepareFirstWorkspace(services))).match(/Own it +(\S+)/)?.[1] ?? "";
  const pressed = await press(services, new URL(printed));
  const owner = await services.sessions.find(sessionCookie(pressed).split("=")[1] ?? "");
  expect(owner?.email).toBe("ada@example.com");
  expect(await services.organizations.ofUser(owner?.userId ?? "")).toEqual([
    { id: first?.id, name: "My workspace", role: "owner" },
  ]);
});
