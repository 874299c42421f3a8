import { expect, test } from "vitest";

import {
  getAvatar,
  ledgerOf,
  newUsername,
  send,
  steppedClock,
  testServices,
  used,
  workspace,
} from "../support/services.ts";
import { startWebProcesses } from "../support/web-processes.ts";

test("H-KEY-55 no table holds a key that can be read, nor could a backup of it", async () => {
  const services = await testServices();
  const { id, key, keyId, mint } = await workspace(services);
  const secret = await mint("secret");
  const successor = await services.keys.manager.rotate(id, secret.id, 3_600, "test");
  for (const used of [key, secret.key, successor.key]) {
    await getAvatar(services, { username: newUsername() }, { "x-api-key": used, "idempotency-key": "once" });
    await send(services, `/v1/avatar?key=${used}&username=x`);
  }
  await services.keys.manager.revoke(id, keyId, "test", "a reason");
  await ledgerOf(services, id);

  const tables = await services.db.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(8);
  let dump = "";
  for (const { name } of tables) {
    const rows = await services.db.query<{ row: string }>(`select t::text as row from ${name} t`);
    dump += rows.map(({ row }) => row).join("\n");
  }
  expect(dump).toContain(secret.id);
  for (const minted of [key, secret.key, successor.key]) {
    const random = minted.slice("pk_live_".length);
    for (const form of [random, Buffer.from(random).toString("hex"), Buffer.from(minted).toString("base64")]) {
      expect(dump.includes(form)).toBe(false);
    }
    // The last four characters alone are shown, so that people can tell their keys apart.
    expect(dump).toContain(minted.slice(-4));
    expect(dump.includes(minted.slice(-10))).toBe(false);
  }
});

test("H-KEY-56 a revoked key is refused by four processes within a second, two hundred times of two hundred", async () => {
  const services = await testServices();
  const { id, key, keyId } = await workspace(services);
  const processes = (await startWebProcesses(4)).map(({ url }) => url);
  const ask = async (index: number) => {
    const response = await fetch(`${processes[index % 4]}/v1/avatar?key=${key}&username=ada-l`, { redirect: "manual" });
    await response.arrayBuffer();
    return response.status;
  };
  // Every process has just read the key and remembers it.
  expect(await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(ask))).toEqual(Array(8).fill(200));
  await services.keys.manager.revoke(id, keyId, "test");
  const revokedAt = performance.now();
  for (const index of [0, 1, 2, 3]) {
    await expect.poll(() => ask(index), { interval: 20, timeout: 2_000 }).toBe(401);
  }
  expect(performance.now() - revokedAt).toBeLessThan(1_000);
  const statuses = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(index)));
  expect(new Set(statuses)).toEqual(new Set([401]));
});

test("H-KEY-57 a rotated key works until its grace is over and not a second longer; its successor works at once", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id, key, keyId } = await workspace(services);
  const statusOf = async (one: string) => (await getAvatar(services, { key: one, username: "ada-l" })).status;
  const successor = await services.keys.manager.rotate(id, keyId, 3_600, "test");
  expect(await statusOf(successor.key)).toBe(200);
  clock.advance((3_600 - 1) * 1_000);
  expect(await statusOf(key)).toBe(200);
  clock.advance(2_000);
  expect(await statusOf(key)).toBe(401);
  expect(await statusOf(successor.key)).toBe(200);
});

test("H-KEY-57 revoking a key during its grace ends it within a second, and leaves its successor", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id, key, keyId } = await workspace(services);
  const statusOf = async (one: string) => (await getAvatar(services, { key: one, username: "ada-l" })).status;
  const successor = await services.keys.manager.rotate(id, keyId, 3_600, "test");
  expect(await statusOf(key)).toBe(200);
  await services.keys.manager.revoke(id, keyId, "test");
  clock.advance(1_000);
  expect(await statusOf(key)).toBe(401);
  expect(await statusOf(successor.key)).toBe(200);
});

test("H-KEY-58 of ten rotations at once one makes a key and nine are conflicts", async () => {
  const services = await testServices();
  const { id, keyId } = await workspace(services);
  const rotations = await Promise.allSettled(
    Array.from({ length: 10 }, () => services.keys.manager.rotate(id, keyId, 3_600, "test")),
  );
  const refused = rotations.filter((rotation) => rotation.status === "rejected");
  expect(refused.map(({ reason }) => reason.code)).toEqual(Array(9).fill("key_conflict"));
  expect(await services.keys.manager.list(id)).toMatchObject([{ status: "rotating" }, { status: "active" }]);
  const audit = await services.db.query("select 1 from audit_event where target = $1 and action = 'key.rotate'", [
    keyId,
  ]);
  expect(audit).toHaveLength(1);
});

test("H-KEY-60 a publishable key where a secret one is needed is 403 and says which is needed", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  for (const address of ["/v1/usage", "/v1/profile?username=ada-l"]) {
    const response = await send(services, address, { headers: { "x-api-key": key } });
    expect(response.status).toBe(403);
    const problem = await response.json();
    expect(problem.code).toBe("key_type_not_allowed");
    expect(problem.title).toContain("needs a secret key");
  }
  expect(await used(services, id)).toBe(0);
});

test("H-KEY-63 the keys of a member who left stay the workspace's, still say who made them, and the audit log says it", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const prisma = await services.db.prisma();
  const userId = `usr_${newUsername()}`;
  await prisma.user.create({ data: { id: userId, email: `${userId}@example.com`, name: "Grace" } });
  await prisma.membership.create({ data: { organizationId: id, userId, role: "admin" } });
  const made = await services.keys.manager.create(id, { type: "publishable", name: "hers", createdBy: userId }, userId);
  await services.members.remove("operator", id, userId);

  expect(await prisma.membership.count({ where: { organizationId: id, userId } })).toBe(0);
  expect((await getAvatar(services, { key: made.key, username: "ada-l" })).status).toBe(200);
  const listed = (await services.keys.manager.list(id)).find((one) => one.id === made.id);
  expect(listed).toMatchObject({ status: "active", createdBy: userId });
  const audit = await services.db.query(
    "select actor, target from audit_event where organization_id = $1 and action = 'member.remove'",
    [id],
  );
  expect(audit).toEqual([{ actor: "operator", target: userId }]);
});
