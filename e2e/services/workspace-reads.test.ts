import { expect, test } from "vitest";
import { newId } from "../../lib/platform/ids.ts";
import type { Services } from "../../lib/services.ts";
import { connectTo } from "../support/connected-workspace.ts";
import { person } from "../support/person.ts";
import { getAvatar, newUsername, steppedClock, testServices, workspace } from "../support/services.ts";

async function team(services: Services) {
  const own = await workspace(services, { avatar_requests: 1_000 });
  const [owner, admin, member, stranger] = [
    await person(services, { [own.id]: "owner" }),
    await person(services, { [own.id]: "admin" }),
    await person(services, { [own.id]: "member" }),
    await person(services, { [(await workspace(services)).id]: "owner" }),
  ];
  return { ...own, owner, admin, member, stranger };
}

test("whoever does not belong to a workspace reads nothing of it", async () => {
  const services = await testServices();
  const { id, keyId, stranger } = await team(services);
  const reads = [
    services.audit.list(stranger, id),
    services.audit.choices(stranger, id),
    services.keys.overview(stranger, id),
    services.keys.find(stranger, id, keyId),
    services.keys.usedInLastDay(stranger, id, keyId),
    services.connections.overview(stranger, id),
    services.members.list(stranger, id),
    services.quotas.usage(stranger, id),
  ];
  for (const read of await Promise.allSettled(reads))
    expect(read).toMatchObject({ status: "rejected", reason: { code: "organization_not_found" } });
});

test("the audit log is read newest first, page by page, by action, noun or actor, with names", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id, owner, admin, member } = await team(services);
  clock.advance(1);
  const { id: keyId } = await services.keys.create(admin, id, { type: "secret", name: "Server" });
  for (const name of ["One", "Two", "Three"]) {
    clock.advance(1);
    await services.keys.rename(owner, id, keyId, name);
  }
  clock.advance(1);
  await services.keys.revoke(admin, id, keyId);

  const all = (await services.audit.list(member, id)).items;
  expect(all.map(({ action }) => action)).toEqual([
    "key.revoke",
    "key.rename",
    "key.rename",
    "key.rename",
    "key.create",
    // Of one moment: the workspace and its first key.
    expect.stringMatching(/create$/),
    expect.stringMatching(/create$/),
  ]);
  expect(all[0]).toMatchObject({ actor: admin.userId, actorEmail: admin.email, target: keyId, targetName: "Three" });
  expect(all.at(-1)).toMatchObject({ actor: "test", actorEmail: null });

  const paged: string[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await services.audit.list(member, id, { cursor, limit: 2 });
    paged.push(...page.items.map((event) => event.id));
    cursor = page.next ?? undefined;
    more = page.next !== null;
  }
  expect(paged).toEqual(all.map((event) => event.id));

  const actions = async (filter: object) =>
    (await services.audit.list(member, id, filter)).items.map(({ action }) => action);
  expect(await actions({ action: "key.rename", limit: 2 })).toEqual(["key.rename", "key.rename"]);
  expect(await actions({ action: "organization" })).toEqual(["organization.create"]);
  expect(await actions({ actor: owner.userId })).toEqual(["key.rename", "key.rename", "key.rename"]);
  expect(await actions({ action: "nothing\0", actor: "nobody" })).toEqual([]);
  expect(await services.audit.choices(member, id)).toEqual({
    actions: ["key.create", "key.rename", "key.revoke", "organization.create"],
    actors: expect.arrayContaining([
      { actor: owner.userId, email: owner.email },
      { actor: "test", email: null },
    ]),
  });
});

test("a key's overview tells its use, its domains, and how its rotation and revocation stand", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id, key, keyId, admin, member } = await team(services);
  await services.keys.setDomains(admin, id, keyId, ["*.Example.com"]);
  for (let i = 0; i < 3; i++)
    await getAvatar(services, { key, username: newUsername() }, { origin: "https://app.example.com" });
  const { id: secretId } = await services.keys.create(admin, id, { type: "secret", name: "  Server \n side " });
  clock.advance(1);
  const { id: nextId } = await services.keys.rotate(admin, id, keyId, 3_600);
  await services.quotas.ledger.close();
  const overview = await services.keys.overview(member, id);
  expect(overview.map((one) => one.id).sort()).toEqual([keyId, secretId, nextId].sort());
  expect(await services.keys.find(member, id, keyId)).toMatchObject({
    key,
    allowedDomains: ["*.example.com"],
    unitsThisMonth: 3,
    status: "rotating",
    rotatedToId: nextId,
    endsAt: new Date(clock.now() + 3_600_000).toISOString(),
    createdBy: null,
  });
  expect(await services.keys.find(member, id, nextId)).toMatchObject({ status: "active", unitsThisMonth: 0 });
  expect(await services.keys.find(member, id, secretId)).toMatchObject({
    key: null,
    name: "Server side",
    createdBy: { userId: admin.userId, email: admin.email },
    lastUsedAt: null,
  });
  expect(await services.keys.usedInLastDay(member, id, keyId)).toBe(3);
  expect(await services.keys.usedInLastDay(member, id, nextId)).toBe(0);
  clock.advance(3_600_000);
  expect(await services.keys.find(member, id, keyId)).toMatchObject({ status: "expired", revokedAt: null });
  await services.keys.revoke(admin, id, nextId);
  const ended = await services.keys.overview(member, id);
  expect(ended.map(({ status }) => status)).toEqual(["active", "revoked", "expired"]);
});

test("only owners and admins make, name, limit, rotate and revoke keys, each in their own workspace", async () => {
  const services = await testServices();
  const { id, keyId, member, stranger, owner } = await team(services);
  const { id: other } = await workspace(services);
  await services.db.query("insert into membership (organization_id, user_id, role) values ($1, $2, 'owner')", [
    other,
    owner.userId,
  ]);
  const acts = (viewer: { userId: string }, organizationId: string) => [
    services.keys.rename(viewer, organizationId, keyId, "Theirs"),
    services.keys.setDomains(viewer, organizationId, keyId, ["evil.example"]),
    services.keys.rotate(viewer, organizationId, keyId, 0),
    services.keys.revoke(viewer, organizationId, keyId),
  ];
  const codes = async (attempts: Promise<unknown>[]) => {
    const settled = await Promise.allSettled(attempts);
    return [...new Set(settled.map((one) => (one.status === "rejected" ? one.reason.code : "done")))];
  };
  expect(await codes([...acts(member, id), services.keys.create(member, id, { type: "secret", name: "x" })])).toEqual([
    "role_too_low",
  ]);
  expect(await codes(acts(stranger, id))).toEqual(["organization_not_found"]);
  // Through a workspace of one's own, another's key is not reached.
  expect(await codes(acts(owner, other))).toEqual(["key_not_found"]);
  expect(await codes([services.keys.rename(owner, id, keyId, " \n ")])).toEqual(["invalid_name"]);
  expect(await services.keys.find(member, id, keyId)).toMatchObject({
    name: "test",
    status: "active",
    allowedDomains: [],
  });
});

test("connections are told with their client, its proof and their last use, true within a minute", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id, owner, member } = await team(services);
  const { token, connectionId } = await connectTo(services, id, { userId: member.userId });
  await services.db.query(
    `update connection set client_id = 'https://claude.ai/oauth/mcp-oauth-client-metadata', known_client = 'claude',
       redirect_host = 'claude.ai' where id = $1`,
    [connectionId],
  );
  const seen = async () => (await services.connections.overview(owner, id))[0];
  expect(await seen()).toMatchObject({
    id: connectionId,
    user: { userId: member.userId, email: member.email },
    documentHost: "claude.ai",
    knownClient: "claude",
    verified: true,
    redirectKind: "https",
    lastUsedAt: null,
  });
  for (let used = 0; used < 3; used++) {
    clock.advance(61_000);
    await services.oauth.verifyAccessToken(token, services.oauth.mcpResource);
    await expect.poll(async () => (await seen())?.lastUsedAt).toBe(new Date(clock.now()).toISOString());
  }
  expect((await seen())?.lastTool).toBeNull();
  await services.db.query(
    `insert into avatar_request (organization_id, id, connection_id, channel, tool, outcome, units, created_at)
     values ($1, $2, $3, 'mcp', 'get_profile', 'resolved', 1, $4)`,
    [id, newId("req", clock.now() + 30_000), connectionId, new Date(clock.now() + 30_000)],
  );
  expect((await seen())?.lastTool).toBe("get_profile");
  // A program on somebody's computer can use the address of another, whoever it says it is.
  await services.db.query("update connection set redirect_host = '127.0.0.1:33418' where id = $1", [connectionId]);
  expect(await seen()).toMatchObject({ verified: false, redirectKind: "loopback" });
});

test("members see their own connections, owners and admins everybody's", async () => {
  const services = await testServices();
  const { id, owner, admin, member } = await team(services);
  const ofOwner = await connectTo(services, id, { userId: owner.userId });
  const ofMember = await connectTo(services, id, { userId: member.userId });
  const seen = async (viewer: { userId: string }) =>
    (await services.connections.overview(viewer, id)).map((one) => one.id).sort();
  expect(await seen(member)).toEqual([ofMember.connectionId]);
  const all = [ofOwner.connectionId, ofMember.connectionId].sort();
  expect([await seen(owner), await seen(admin)]).toEqual([all, all]);
});

test("usage tells plan, limits, when they reset, and what the month would end with", async () => {
  const clock = steppedClock(Date.UTC(2026, 10, 1, 6));
  const services = await testServices({}, { clock });
  const { id, key, member } = await team(services);
  for (let i = 0; i < 6; i++) await getAvatar(services, { key, username: newUsername() });
  const meter = async () => {
    const usage = await services.quotas.usage(member, id);
    expect(usage).toMatchObject({
      plan: "self_hosted",
      from: "2026-11-01T00:00:00.000Z",
      resets: "2026-12-01T00:00:00.000Z",
    });
    return usage.meters[0];
  };
  expect(await meter()).toEqual({
    metric: "avatar_requests",
    used: 6,
    limit: 1_000,
    projected: null,
    setByOperator: false,
  });
  clock.advance(9.75 * 86_400_000);
  await services.quotas.limits.setLimit(id, "avatar_requests", null, "operator");
  expect(await meter()).toMatchObject({ used: 6, projected: 18, limit: null, setByOperator: true });
});
