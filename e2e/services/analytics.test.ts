import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { reconcileRollups } from "../../lib/analytics/index.ts";
import type { Services } from "../../lib/services.ts";
import { person } from "../support/person.ts";
import { ask, wrongRollups } from "../support/requests.ts";
import { newUsername, steppedClock, testServices, workspace } from "../support/services.ts";

const HOUR = 3_600_000;
const ROLLUPS = ["request_hour", "request_hour_source", "request_day_source", "request_latency"];

test("rollups and rows agree while processes complete, refuse, retry and give back at once", async () => {
  const processes = await Promise.all([testServices(), testServices(), testServices()]);
  const [services] = processes;
  const { id, keyId } = await workspace(services, { avatar_requests: 150, avatar_new_profiles: 120 });
  const outcomes = ["resolved", "enriching", "not_found", "failed", "blocked"] as const;
  const usernames = Array.from({ length: 140 }, () => newUsername());
  await Promise.all(
    Array.from({ length: 240 }, (_, i) =>
      ask(processes[i % 3] as Services, id, {
        outcome: outcomes[i % 5] ?? "resolved",
        channel: i % 2 ? "api" : "mcp",
        username: usernames[i % 7 === 0 ? i % 3 : i % 140] as string,
        ...(i % 2 ? { keyId, client: "curl" } : { connectionId: "con_x" }),
        // Several ride on one unit; a few of them fail.
        ...(i % 7 === 0 ? { idempotencyKey: `again-${i % 3}` } : {}),
        latencyMs: i * 3,
      }),
    ),
  );
  for (const { quotas } of processes) await quotas.ledger.close();
  expect(await wrongRollups(services, id)).toEqual([]);
  const owner = await person(services, { [id]: "member" });
  const { totals } = await services.analytics.overview(owner, id);
  expect(totals.requests).toBeGreaterThan(200);
  expect(totals.units).toBe((await services.quotas.usage(owner, id)).meters[0]?.used);
  expect(totals.outcomes).toMatchObject({ failed: expect.any(Number), blocked: expect.any(Number) });
  expect(Object.values(totals.outcomes).reduce((a, b) => a + b)).toBe(totals.requests);
});

test("the overview counts by day of a time zone, beside the days before, with quantiles and tops", async () => {
  const clock = steppedClock(Date.parse("2026-11-10T12:00:00Z"));
  const services = await testServices({}, { clock });
  const { id, keyId, mint } = await workspace(services);
  const { id: otherKey } = await mint("secret");
  const member = await person(services, { [id]: "member" });
  const [ada, eve] = [newUsername("ada"), newUsername("eve")];
  const at = (iso: string) => Date.parse(iso);
  // 23:30 in UTC is the next day in Berlin.
  for (let i = 0; i < 4; i++)
    await ask(services, id, { at: at("2026-11-08T23:30:00Z"), keyId, username: ada, client: "Chrome", latencyMs: 10 });
  await ask(services, id, {
    at: at("2026-11-09T23:30:00Z"),
    keyId: otherKey,
    username: eve,
    client: "curl",
    latencyMs: 900,
  });
  await ask(services, id, {
    at: at("2026-11-09T10:00:00Z"),
    channel: "mcp",
    client: "Claude",
    outcome: "not_found",
    latencyMs: 20,
  });
  await ask(services, id, { at: at("2026-11-10T10:00:00Z"), outcome: "blocked", keyId });
  for (let i = 0; i < 2; i++) await ask(services, id, { at: at("2026-11-07T10:00:00Z"), keyId, latencyMs: 100 });
  await services.quotas.ledger.close();

  const overview = await services.analytics.overview(member, id, {
    from: "2026-11-09",
    to: "2026-11-10",
    timeZone: "Europe/Berlin",
  });
  expect(overview.range).toEqual({ from: "2026-11-09", to: "2026-11-10", timeZone: "Europe/Berlin" });
  expect(
    overview.series.map(({ at, requests, outcomes, channels }) => [at, requests, outcomes.resolved, channels.mcp]),
  ).toEqual([
    ["2026-11-09", 5, 4, 1],
    ["2026-11-10", 2, 1, 0],
  ]);
  expect(overview.totals).toMatchObject({ requests: 7, units: 6, newProfiles: 3, channels: { api: 6, mcp: 1 } });
  expect(overview.previous).toMatchObject({ requests: 2, newProfiles: 2 });
  expect(overview.latency.p50).toBeCloseTo(10, -1);
  expect(overview.latency.p95 ?? 0).toBeGreaterThan(750);
  expect(overview.previousLatency.p50 ?? 0).toBeGreaterThan(80);
  expect(overview.topKeys).toEqual([
    { id: keyId, name: "test", last4: expect.any(String), requests: 5 },
    { id: otherKey, name: "test", last4: expect.any(String), requests: 1 },
  ]);
  expect(overview.topClients).toEqual([
    { client: "Chrome", requests: 4 },
    { client: "Claude", requests: 1 },
    { client: "curl", requests: 1 },
  ]);
  expect(overview.topProfiles[0]).toEqual({ username: ada, requests: 4 });
  expect(overview.profilesOf).toBe(7);

  const utc = await services.analytics.overview(member, id, { from: "2026-11-09", to: "2026-11-10" });
  expect(utc.series.map(({ requests }) => requests)).toEqual([2, 1]);
  const day = await services.analytics.overview(member, id, { from: "2026-11-08", to: "2026-11-08" });
  expect([day.step, day.series.length, day.series[23]]).toEqual([
    "hour",
    24,
    expect.objectContaining({ at: "2026-11-08T23:00", requests: 4 }),
  ]);
});

test("requests are listed newest first, and by any filter exactly those, page by page", async () => {
  const clock = steppedClock(Date.parse("2026-11-20T12:00:00Z"));
  const services = await testServices({}, { clock });
  const { id, keyId } = await workspace(services);
  const member = await person(services, { [id]: "member" });
  const ada = newUsername("ada");
  const asked: { id: string; outcome: string; channel: string; client: string; username: string; at: number }[] = [];
  for (let i = 0; i < 260; i++) {
    // A few hours apart, or on the edge of an hour.
    const at = clock.now() - i * 5 * HOUR * (i % 3 === 0 ? 1 : 0.7) - (i % 4 ? 0 : 1);
    const channel = i % 3 ? ("api" as const) : ("mcp" as const);
    const outcome = i % 50 === 0 ? ("failed" as const) : i % 5 ? ("resolved" as const) : ("blocked" as const);
    const client = i % 90 === 7 ? "rare" : "curl";
    const username = i % 10 ? newUsername() : ada;
    const source = channel === "api" ? { keyId } : { connectionId: "con_x" };
    asked.push({
      id: await ask(services, id, { at, channel, outcome, client, username, ...source }),
      outcome,
      channel,
      client,
      username,
      at,
    });
  }
  await services.quotas.ledger.close();
  // The row's time may be a little later than its id's: these are of the hour behind it.
  await services.db.query(
    `update avatar_request set created_at = created_at + interval '1 minute' where organization_id = $1
       and extract(minute from created_at) = 59 and extract(second from created_at) >= 59`,
    [id],
  );
  for (const table of ROLLUPS) await services.db.query(`delete from ${table} where organization_id = $1`, [id]);
  await services.db.query(
    `select roll_up_avatar_requests_v1(array_agg(organization_id), array_agg(created_at), array_agg(channel), array_agg(outcome),
       array_agg(key_id), array_agg(connection_id), array_agg(client), array_agg(units), array_agg(new_profile),
       array_agg(latency_ms)) from avatar_request where organization_id = $1`,
    [id],
  );
  const newestFirst = [...asked].sort((a, b) => (a.id < b.id ? 1 : -1));

  async function read(filters: object, limit: number): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await services.analytics.requests(member, id, { filters, cursor, limit });
      ids.push(...page.items.map((one) => one.id));
      cursor = page.next ?? undefined;
      more = page.next !== null;
    }
    return ids;
  }
  const expected = (test: (one: (typeof asked)[number]) => boolean) => newestFirst.filter(test).map((one) => one.id);
  for (const limit of [3, 7, 100]) {
    expect(await read({}, limit)).toEqual(expected(() => true));
    expect(await read({ outcome: "failed" }, limit)).toEqual(expected((one) => one.outcome === "failed"));
    expect(await read({ client: "rare" }, limit)).toEqual(expected((one) => one.client === "rare"));
    expect(await read({ channel: "mcp", outcome: "blocked" }, limit)).toEqual(
      expected((one) => one.channel === "mcp" && one.outcome === "blocked"),
    );
    expect(await read({ key: keyId }, limit)).toEqual(expected((one) => one.channel === "api"));
    expect(await read({ connection: "con_x" }, limit)).toEqual(expected((one) => one.channel === "mcp"));
    expect(await read({ username: ada }, limit)).toEqual(expected((one) => one.username === ada));
  }
  const [from, to] = [clock.now() - 20 * 86_400_000, clock.now() - 10 * 86_400_000];
  const between = await read(
    { channel: "api", from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    10,
  );
  const rows = await services.db.query<{ id: string }>(
    `select id from avatar_request where organization_id = $1 and channel = 'api' and created_at >= $2 and created_at < $3
     order by id desc`,
    [id, new Date(from), new Date(to)],
  );
  expect(between).toEqual(rows.map((row) => row.id));
  expect(between.length).toBeGreaterThan(20);
  expect(await read({ client: "nobody" }, 10)).toEqual([]);
  const [latest] = (await services.analytics.requests(member, id, { limit: 1, cursor: "req_nonsense" })).items;
  expect(latest).toMatchObject({ id: newestFirst[0]?.id, key: null, connection: { id: "con_x" }, client: "curl" });
});

test("requests under way are listed as pending, and come into the charts when they are answered", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const member = await person(services, { [id]: "member" });
  const request = await ask(services, id, { outcome: "pending" });
  expect((await services.analytics.requests(member, id)).items).toMatchObject([{ id: request, outcome: "pending" }]);
  expect((await services.analytics.overview(member, id)).totals.requests).toBe(0);
  services.quotas.ledger.settle({ organizationId: id, id: request, outcome: "resolved", latencyMs: 3 });
  await services.quotas.ledger.close();
  expect((await services.analytics.overview(member, id)).totals).toMatchObject({ requests: 1, units: 1 });
});

test("whoever does not belong to a workspace reads none of its traffic", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const stranger = await person(services, { [(await workspace(services)).id]: "owner" });
  await ask(services, id);
  const refusal = { code: "organization_not_found" };
  await expect(services.analytics.overview(stranger, id)).rejects.toMatchObject(refusal);
  await expect(services.analytics.requests(stranger, id)).rejects.toMatchObject(refusal);
});

test("rows that a process of an older version completed are counted by the next night's comparison", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  for (let i = 0; i < 5; i++) await ask(services, id, { outcome: i === 4 ? "blocked" : "resolved" });
  const unseen = await ask(services, id, { outcome: "pending" });
  await services.quotas.ledger.close();
  await services.db.query(
    "update avatar_request set outcome = 'resolved', latency_ms = 7 where organization_id = $1 and id = $2",
    [id, unseen],
  );
  expect(await wrongRollups(services, id)).not.toEqual([]);
  expect(await reconcileRollups(services)).toBeGreaterThan(0);
  expect(await wrongRollups(services, id)).toEqual([]);
  expect(await reconcileRollups(services)).toBe(0);
});

test("the migration counts what was completed before it", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  for (let i = 0; i < 6; i++) await ask(services, id, { outcome: i % 2 ? "resolved" : "blocked", client: "curl" });
  await services.quotas.ledger.close();
  const file = "../../prisma/migrations/20261121000300_analytics/migration.sql";
  const sql = await readFile(path.join(import.meta.dirname, file), "utf8");
  const backfill = sql
    .slice(sql.indexOf("-- What was completed before"))
    .replaceAll("FROM avatar_request WHERE", `FROM avatar_request WHERE organization_id = '${id}' AND`);
  for (const table of ROLLUPS) await services.db.query(`delete from ${table} where organization_id = $1`, [id]);
  await services.db.query(backfill);
  expect(await wrongRollups(services, id)).toEqual([]);
});

test("what each key and connection used in a month is told by name, and by day", async () => {
  const clock = steppedClock(Date.parse("2026-11-10T12:00:00Z"));
  const services = await testServices({}, { clock });
  const { id, keyId } = await workspace(services);
  const member = await person(services, { [id]: "member" });
  const stranger = await person(services);
  const at = (iso: string) => Date.parse(iso);
  for (const [day, more] of [
    ["2026-10-31T23:59:59Z", { keyId }],
    ["2026-11-01T00:00:00Z", { keyId, client: "curl" }],
    ["2026-11-09T10:00:00Z", { keyId, client: "curl" }],
    ["2026-11-09T11:00:00Z", { keyId, client: "curl", outcome: "failed" }],
    ["2026-11-09T12:00:00Z", { connectionId: "con_gone", channel: "mcp" }],
  ] as const)
    await ask(services, id, { at: at(day), ...more });
  await services.quotas.ledger.close();
  expect(await services.analytics.sources(member, id, "2026-11-01")).toEqual([
    { id: keyId, kind: "key", name: "test", last4: expect.any(String), requests: 3, units: 2 },
    { id: "con_gone", kind: "gone", name: null, last4: null, requests: 1, units: 1 },
  ]);
  const days = await services.analytics.sourceDays(member, id, "2026-11-01");
  expect(days.map(({ day, kind, client, requests, units }) => [day, kind, client, requests, units])).toEqual([
    ["2026-11-01", "key", "curl", 1, 1],
    ["2026-11-09", "gone", "", 1, 1],
    ["2026-11-09", "key", "curl", 2, 1],
  ]);
  await expect(services.analytics.sources(stranger, id, "2026-11-01")).rejects.toMatchObject({
    code: "organization_not_found",
  });
});
