import { expect, inject, test } from "vitest";
import { monthOf } from "../../lib/platform/clock.ts";
import { openDatabase } from "../../lib/platform/db.ts";
import { getAvatar, ledgerOf, newUsername, testServices, used, workspace } from "../support/services.ts";
import { startWebProcesses } from "../support/web-processes.ts";

const LIMIT = 500;
const REQUESTS = 1_200;

test("H-QUOTA-64: a limit of 500 grants exactly 500 of 1,200 concurrent requests over 4 processes", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services, { avatar_requests: LIMIT });
  const processes = await startWebProcesses(4);

  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, index) => {
      const username = newUsername();
      const response = await fetch(`${processes[index % 4]?.url}/v1/avatar?${new URLSearchParams({ key, username })}`);
      await response.arrayBuffer();
      return { username, status: response.status };
    }),
  );

  const granted = answers.filter((answer) => answer.status === 200).map((answer) => answer.username);
  expect(granted).toHaveLength(LIMIT);
  expect(answers.filter((answer) => answer.status === 402)).toHaveLength(REQUESTS - LIMIT);
  const rows = (await ledgerOf(services, id)).filter((row) => row.units > 0);
  expect(rows.map((row) => row.username).sort()).toEqual(granted.sort());
  expect(await used(services, id)).toBe(LIMIT);
  expect(await used(services, id, "avatar_new_profiles")).toBe(LIMIT);
});

test("H-QUOTA-64: the first requests of a month, before there are counters, are limited too", async () => {
  const processes = await Promise.all([testServices(), testServices()]);
  const [services] = processes;
  const { id, key } = await workspace(services, { avatar_requests: 100, avatar_new_profiles: 5 });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      getAvatar(processes[index % 2] ?? services, { key, username: newUsername() }),
    ),
  );
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(5);
  expect(await used(services, id, "avatar_new_profiles")).toBe(5);
  expect(await used(services, id)).toBe(5);
});

test("H-QUOTA-64: counters that appear while a call waits for others are left to the next call", async () => {
  const services = await testServices();
  const old = await workspace(services);
  const fresh = await workspace(services, { avatar_requests: 1 });
  expect((await getAvatar(services, { key: old.key, username: newUsername() })).status).toBe(200);
  const other = openDatabase(inject("databaseUrl"), { connections: 3 });
  const opens = () =>
    other.query(
      `insert into quota_counter (organization_id, metric, period, used)
       select $1, unnest('{avatar_requests,avatar_new_profiles}'::text[]), $2::date, 0 on conflict do nothing`,
      [fresh.id, monthOf(Date.now())],
    );
  const spends = `update quota_counter set used = 1 where organization_id = $1 and metric = 'avatar_requests'`;
  const request = (organizationId: string) => ({
    id: `req_${newUsername()}`,
    organizationId,
    channel: "api" as const,
    tool: "avatar",
    username: newUsername(),
    at: Date.now(),
  });
  const take = () =>
    Promise.all([services.quotas.meter.takeOne(request(old.id)), services.quotas.meter.takeOne(request(fresh.id))]);

  let taken: ReturnType<typeof take> | undefined;
  if (inject("backend") === "embedded") {
    // One session: nothing can come between the steps of a call, so the last unit is spent before it.
    await opens();
    await other.query(spends, [fresh.id]);
    taken = take();
  } else {
    // The call waits for the old workspace's counters, while another process makes the fresh one's and spends the unit.
    const holdsFresh = Promise.withResolvers<void>();
    const calledWaits = Promise.withResolvers<void>();
    let spending: Promise<void> | undefined;
    await other.transaction(async (query) => {
      await query("select from quota_counter where organization_id = $1 for update", [old.id]);
      taken = take();
      await waitingForLocks(other.query, 1);
      await opens();
      spending = other.transaction(async (spend) => {
        await spend(spends, [fresh.id]);
        holdsFresh.resolve();
        await calledWaits.promise;
      });
      await holdsFresh.promise;
    });
    await waitingForLocks(other.query, 1);
    calledWaits.resolve();
    await spending;
  }
  const [first, second] = (await taken) ?? [];
  expect(first?.kind).toBe("granted");
  expect(second?.kind).toBe("refused");
  expect(await used(services, fresh.id)).toBe(1);
  await other.close();
});

test("H-QUOTA-72: twenty keys of one workspace share its quota and its rate limit", async () => {
  const services = await testServices({ rateLimits: { organization: 60, key: 1_000, user: 1_000, address: 1_000 } });
  const { id, mint } = await workspace(services, { avatar_requests: 30 });
  const keys = await Promise.all(Array.from({ length: 20 }, () => mint("publishable")));
  const round = () =>
    Promise.all(keys.flatMap(({ key }) => [1, 2].map(() => getAvatar(services, { key, username: newUsername() }))));
  const statuses = (await round()).map((response) => response.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(30);
  expect(statuses.filter((status) => status === 402)).toHaveLength(10);
  const later = (await round()).map((response) => response.status);
  // Two sliding windows may share the first round; either way the workspace's 60 are spent before 80 have come.
  expect(later).toContain(429);
  expect(await used(services, id)).toBe(30);
});

async function waitingForLocks(query: ReturnType<typeof openDatabase>["query"], count: number): Promise<void> {
  await expect
    .poll(async () => {
      const rows = await query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length;
    })
    .toBeGreaterThanOrEqual(count);
}
