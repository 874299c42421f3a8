import { expect, inject, onTestFinished, test } from "vitest";
import { type Database, openDatabase } from "../../lib/platform/db.ts";
import { newId } from "../../lib/platform/ids.ts";
import type { UnitRequest } from "../../lib/quotas/index.ts";
import { getAvatar, ledgerOf, newUsername, send, testServices, used, workspace } from "../support/services.ts";

/** The run's database, whose answers about people can be made to fail; the meter's and the ledger's come as ever. */
function breakableDatabase(): Database & { broken: boolean } {
  const db = openDatabase(inject("databaseUrl"));
  onTestFinished(() => db.close());
  const breakable: Database & { broken: boolean } = {
    ...db,
    broken: false,
    query: (sql, values) =>
      breakable.broken && sql.includes("imported_person") ? db.query("select 1 / 0") : db.query(sql, values),
  };
  return breakable;
}

function unit(organizationId: string, idempotencyKey?: string, username = newUsername()): UnitRequest {
  const at = Date.now();
  return { id: newId("req", at), organizationId, channel: "api", tool: "avatar", username, idempotencyKey, at };
}

const outcome = { outcome: "not_found", latencyMs: 1 } as const;
const failure = { outcome: "failed", code: "internal", latencyMs: 1, refund: true } as const;

test("H-QUOTA-66: a retry with the same Idempotency-Key costs nothing more and gets the same answer", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services, { avatar_requests: 1 });
  const parameters = { key, username: newUsername() };
  const headers = { "idempotency-key": 'retry "1", {of} \\two' };
  const first = await getAvatar(services, parameters, headers);
  const second = await getAvatar(services, parameters, headers);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(await second.text()).toBe(await first.text());
  expect(second.headers.get("x-avatar-status")).toBe(first.headers.get("x-avatar-status"));
  expect(second.headers.get("x-quota-remaining")).toBe("0");
  expect((await getAvatar(services, parameters)).status).toBe(402);
  expect(await used(services, id)).toBe(1);
  expect((await ledgerOf(services, id)).filter((row) => row.units > 0)).toHaveLength(1);
});

test("H-QUOTA-66: retries that come at the same time, over two processes, cost one unit", async () => {
  const processes = await Promise.all([testServices(), testServices()]);
  const { id, key } = await workspace(processes[0]);
  const parameters = { key, username: newUsername() };
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      getAvatar(processes[(index % 2) as 0 | 1], parameters, { "idempotency-key": "at-once" }),
    ),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(await used(processes[0], id)).toBe(1);
});

test("H-QUOTA-66: repeating a request in one breath does not get it past a spent quota", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services, { avatar_requests: 0 });
  const parameters = { key, username: newUsername() };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => getAvatar(services, parameters, { "idempotency-key": "spent" })),
  );
  expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(402));
  expect(await used(services, id)).toBe(0);
});

test("H-QUOTA-66: a key that was used for something else is refused and takes nothing, for lists too", async () => {
  const services = await testServices();
  const { id, key, mint } = await workspace(services);
  const [one, two] = [newUsername(), newUsername()];
  const headers = { "idempotency-key": "reused" };
  await getAvatar(services, { key, username: one }, headers);
  expect((await getAvatar(services, { key, username: two }, headers)).status).toBe(422);
  expect((await getAvatar(services, { key, username: one, size: "64" }, headers)).status).toBe(422);
  const secret = await mint("secret");
  const list = (usernames: string[]) =>
    send(services, "/v1/avatars", {
      method: "POST",
      headers: { "x-api-key": secret.key, "content-type": "application/json", "idempotency-key": "list" },
      body: JSON.stringify({ people: usernames.map((username) => ({ username })) }),
    });
  expect((await list([one, two])).status).toBe(200);
  expect((await list([one, two])).status).toBe(200);
  expect(await used(services, id)).toBe(3);
  expect((await list([two, one, newUsername()])).status).toBe(422);
  expect(await used(services, id)).toBe(3);
});

test("H-QUOTA-67: what is refused before the meter costs nothing and is recorded as blocked", async () => {
  const services = await testServices({ rateLimits: { organization: 1_000, key: 4, user: 1_000, address: 1_000 } });
  const { id, key, mint } = await workspace(services);
  const username = newUsername();
  const guarded = await mint("publishable", ["example.com"]);
  expect((await getAvatar(services, { key: guarded.key, username })).status).toBe(401);
  expect((await getAvatar(services, { key: "pk_live_typo", username })).status).toBe(401);
  expect((await getAvatar(services, { key })).status).toBe(400);
  expect((await getAvatar(services, { key, username, size: "77" })).status).toBe(400);
  const rest = await Promise.all(Array.from({ length: 12 }, () => getAvatar(services, { key, nonsense: "1" })));
  expect(rest.map((response) => response.status)).toContain(429);
  const rows = await ledgerOf(services, id);
  expect(rows).toHaveLength(15);
  expect(new Set(rows.map((row) => `${row.outcome} ${row.units}`))).toEqual(new Set(["blocked 0"]));
  expect(await used(services, id)).toBe(0);
});

test("H-QUOTA-67: a 5xx gives its unit and the new profile back, and the retry with its key is metered again", async () => {
  const db = breakableDatabase();
  const services = await testServices({}, { db });
  const { id, key } = await workspace(services, { avatar_requests: 1, avatar_new_profiles: 1 });
  const parameters = { key, username: newUsername() };
  const headers = { "idempotency-key": "again" };
  db.broken = true;
  const failed = await getAvatar(services, parameters, headers);
  expect(failed.status).toBe(500);
  const [row] = await ledgerOf(services, id);
  expect(row).toMatchObject({ outcome: "failed", code: "internal", units: 0, id: failed.headers.get("x-request-id") });
  expect(row?.refundedAt).not.toBeNull();
  expect([await used(services, id), await used(services, id, "avatar_new_profiles")]).toEqual([0, 0]);

  db.broken = false;
  expect((await getAvatar(services, parameters, headers)).status).toBe(200);
  expect((await getAvatar(services, parameters, headers)).status).toBe(200);
  const rows = await ledgerOf(services, id);
  expect(rows.map(({ units, newProfile }) => ({ units, newProfile }))).toEqual([
    { units: 0, newProfile: true },
    { units: 1, newProfile: true },
  ]);
  expect([await used(services, id), await used(services, id, "avatar_new_profiles")]).toEqual([1, 1]);
  expect((await services.quotas.reconcile()).filter((repair) => repair.organizationId === id)).toEqual([]);
});

test("H-QUOTA-67: a failure that is told twice, at once or by two processes, gives one unit back", async () => {
  const [services, other] = await Promise.all([testServices(), testServices()]);
  const { id } = await workspace(services);
  const requests = [unit(id), unit(id), unit(id)] as const;
  for (const request of requests) await services.quotas.meter.takeOne(request);
  const [first, second] = requests;
  for (let i = 0; i < 3; i++) services.quotas.ledger.settle({ organizationId: id, id: first.id, ...failure });
  for (const one of [services, other]) one.quotas.ledger.settle({ organizationId: id, id: second.id, ...failure });
  await Promise.all([services.quotas.ledger.close(), other.quotas.ledger.close()]);
  services.quotas.ledger.settle({ organizationId: id, id: first.id, ...failure });
  await services.quotas.ledger.close();
  expect(await used(services, id)).toBe(1);
  expect(await used(services, id, "avatar_new_profiles")).toBe(1);
});

test.for(["the failure first", "the good answer first", "both at once"])(
  "H-QUOTA-67: a first request's failure, told late, does not make its retry's answer free (%s)",
  async (order) => {
    const services = await testServices();
    const { meter, ledger } = services.quotas;
    const { id } = await workspace(services);
    const first = unit(id, "late");
    const retry = unit(id, "late", first.username);
    expect((await meter.takeOne(first)).kind).toBe("granted");
    expect((await meter.takeOne(retry)).kind).toBe("replayed");
    const told = [
      { organizationId: id, id: first.id, idempotencyKey: "late", ...failure },
      { organizationId: id, id: retry.id, idempotencyKey: "late", ...outcome },
    ];
    if (order === "the good answer first") told.reverse();
    for (const settlement of told) {
      ledger.settle(settlement);
      if (order !== "both at once") await ledger.close();
    }
    await ledger.close();
    expect(await used(services, id)).toBe(1);
    expect(await ledgerOf(services, id)).toMatchObject([{ id: first.id, outcome: "not_found", units: 1 }]);
  },
);

test("H-QUOTA-67: when a request and all its retries fail, the unit goes back once", async () => {
  const services = await testServices();
  const { meter, ledger } = services.quotas;
  const { id } = await workspace(services);
  const first = unit(id, "hopeless");
  const requests = [first, unit(id, "hopeless", first.username), unit(id, "hopeless", first.username)];
  // The first two go in one call.
  await Promise.all(requests.slice(0, 2).map((request) => meter.takeOne(request)));
  await meter.takeOne(requests[2] as UnitRequest);
  for (const request of requests) {
    ledger.settle({ organizationId: id, id: request.id, idempotencyKey: "hopeless", ...failure });
  }
  await ledger.close();
  expect(await used(services, id)).toBe(0);
});
