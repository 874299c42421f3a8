import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { claimEnrichment } from "../../lib/profiles/index.ts";
import type { Services } from "../../lib/services.ts";
import { createDatabase } from "../support/backend.ts";
import type { TestDatabase } from "../support/database-server.ts";
import { enrichLayer } from "../support/provider-contracts.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server.ts";
import { getAvatar, newUsername, testConfig, testServices, workspace } from "../support/services.ts";
import { startWebProcess, temporaryDirectory } from "../support/web-processes.ts";
import { startWorkerProcess } from "../support/worker.ts";

let database: TestDatabase;
let provider: ProviderServer;
let directory: string;

beforeEach(async () => {
  database = await createDatabase(inject("backend"));
  provider = await startProviderServer(enrichLayer);
  directory = await temporaryDirectory();
});

afterEach(async () => {
  await provider.stop();
  await database.remove();
});

const environment = () => ({
  DATABASE_URL: database.url,
  AVTRZ_DATA_DIR: directory,
  AVTRZ_SECRET: testConfig().secret ?? "",
  LOG_LEVEL: "silent",
  AVTRZ_ALLOW_PRIVATE_HOSTS: provider.host,
  ENRICHLAYER_API_KEY: provider.apiKey,
  ENRICHLAYER_URL: provider.baseUrl,
});

/** Services that ask for people and carry nothing out. */
function asker(): Promise<Services> {
  return testServices({
    databaseUrl: database.url,
    dataDirectory: directory,
    enrichlayer: { url: provider.baseUrl, apiKey: provider.apiKey },
    allowPrivateHosts: [provider.host],
  });
}

const startWorker = (more: Record<string, string> = {}) =>
  startWorkerProcess("look-ups", { ...environment(), ...more });

const profileOf = async (services: Services, username: string) =>
  (await services.db.prisma()).profile.findUnique({ where: { username } });

const asked = (username: string) => provider.calls.filter(({ identifier }) => identifier === username).length;

test("H-IMG-87: 500 callers of one cold profile over HTTP cost one call of the provider, and all see its photo", async () => {
  const services = await asker();
  const { key } = await workspace(services);
  const web = await startWebProcess({
    dataDirectory: directory,
    databaseUrl: database.url,
    environment: environment(),
  });
  const username = newUsername("herd");
  provider.set(username, { kind: "slow", afterMs: 500 });
  await startWorker();
  const address = `${web.url}/v1/avatar?${new URLSearchParams({ key, username })}`;
  const herd = () => Promise.all(Array.from({ length: 500 }, () => fetch(address, { redirect: "manual" })));
  const first = await herd();
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set([200]));
  await vi.waitFor(async () => expect((await fetch(address, { redirect: "manual" })).status).toBe(302), {
    timeout: 20_000,
    interval: 200,
  });
  const second = await herd();
  expect(new Set(second.map(({ status, headers }) => `${status} ${headers.get("location")}`)).size).toBe(1);
  expect(asked(username)).toBe(1);
  expect(provider.photoCalls).toEqual([username]);
});

test("H-JOB-114: a look-up whose worker is killed after it was paid goes on with that answer, and asks nobody again", async () => {
  const services = await asker();
  const { key } = await workspace(services);
  const username = newUsername("killed");
  provider.set(username, { kind: "found" });
  provider.setPhoto(username, { status: 503 });
  const first = await startWorker();
  await getAvatar(services, { key, username });
  first.child.send("wake");
  await vi.waitFor(
    async () => expect((await profileOf(services, username))?.answers).toHaveProperty("enrichlayer"),
    10_000,
  );
  await first.kill();
  expect(await profileOf(services, username)).toMatchObject({ status: "enriching", checkedAt: null });

  // What expires a job that its worker has left, without waiting for it.
  provider.setPhoto(username, {});
  await services.db.query(
    "update pgboss.job set state = 'retry', start_after = now() where name = 'enrich' and state in ('active', 'retry')",
  );
  await startWorker();
  await vi.waitFor(async () => expect((await profileOf(services, username))?.photoSha256).toBeTruthy(), 10_000);
  expect(asked(username)).toBe(1);
});

test("H-JOB-114: two workers share what waits, and look up nobody twice", async () => {
  const services = await asker();
  const { key } = await workspace(services);
  const people = Array.from({ length: 30 }, () => newUsername("shared"));
  for (const username of people) provider.set(username, { kind: "slow", afterMs: 50 });
  await Promise.all(people.map((username) => getAvatar(services, { key, username })));
  await Promise.all([startWorker(), startWorker()]);
  await vi.waitFor(
    async () => {
      const rows = await services.db.query("select from profile where photo_sha256 is not null");
      expect(rows).toHaveLength(people.length);
    },
    { timeout: 30_000, interval: 200 },
  );
  expect(people.map(asked)).toEqual(people.map(() => 1));
});

test("H-JOB-114: workers whose clocks differ by twenty minutes look up nobody twice, and spend no more than the budget", async () => {
  const services = await asker();
  const { key } = await workspace(services);
  const people = Array.from({ length: 30 }, () => newUsername("skewed"));
  for (const username of people) provider.set(username, { kind: "slow", afterMs: 50 });
  await Promise.all(people.map((username) => getAvatar(services, { key, username })));
  const budget = { ENRICHLAYER_MONTHLY_BUDGET: "20" };
  await Promise.all([
    startWorker({ ...budget, CLOCK_AHEAD_MS: "600000" }),
    startWorker({ ...budget, CLOCK_AHEAD_MS: "-600000" }),
  ]);
  await vi.waitFor(
    async () => expect(await services.db.query("select from profile where photo_sha256 is not null")).toHaveLength(30),
    { timeout: 30_000, interval: 200 },
  );
  expect(people.map(asked)).toEqual(people.map(() => 1));
  expect(provider.calls.filter(({ path }) => path === "/api/v2/profile")).toHaveLength(20);
});

test("H-JOB-114: behind a hundred thousand people of one workspace another's one person does not wait", async () => {
  const services = await asker();
  const [many, few] = [await workspace(services), await workspace(services)];
  const first = Array.from({ length: 50 }, () => newUsername("many"));
  await Promise.all(first.map((username) => getAvatar(services, { key: many.key, username })));
  const BACKLOG = 100_000;
  const AT_ONCE = 5_000;
  const [row] = await services.db.query<{ before: number }>(
    "update organization set look_up_turn = look_up_turn + $2 where id = $1 returning look_up_turn - $2 as before",
    [many.id, BACKLOG],
  );
  for (let at = 0; at < BACKLOG; at += AT_ONCE) {
    const backlog = Array.from({ length: AT_ONCE }, (_, n) => `backlog-${at + n}`);
    await services.db.query(
      "insert into profile (username, status, queued_at) select unnest($1::text[]), 'enriching', now()",
      [backlog],
    );
    const jobs = backlog.map((username, n) => ({ data: { username }, priority: -((row?.before ?? 0) + at + n) }));
    await services.jobs.sendAll(services.db.query, "enrich", jobs);
  }
  const lone = newUsername("lone");
  provider.set(lone, { kind: "found" });
  await getAvatar(services, { key: few.key, username: lone });
  await startWorker();
  await vi.waitFor(async () => expect((await profileOf(services, lone))?.photoSha256).toBeTruthy(), {
    timeout: 20_000,
    interval: 100,
  });
  // Beside those that its workspace's turn shares: the worker takes sixteen at a time.
  expect(provider.calls.findIndex(({ identifier }) => identifier === lone)).toBeLessThan(16);
  const before = provider.calls.length;
  await vi.waitFor(() => expect(provider.calls.length).toBeGreaterThan(before + 100), 20_000);
});

test("H-JOB-114: a person nobody can answer for is given up after five attempts, with a reason, and may be asked for again", async () => {
  const services = await asker();
  const { key } = await workspace(services);
  const username = newUsername("poison");
  provider.set(username, { kind: "broken_json" });
  await getAvatar(services, { key, username });
  const { child } = await startWorker();
  type Job = { state: string; tries: number; reason: string | null };
  const job = async () =>
    (
      await services.db.query<Job>(
        "select state::text as state, retry_count as tries, output->>'reason' as reason from pgboss.job where name = 'enrich'",
      )
    )[0];
  await vi.waitFor(
    async () => {
      // Its pauses are not waited for: only the attempts count here.
      await services.db.query("update pgboss.job set start_after = now() where state = 'retry'");
      await services.db.query("update provider_state set paused_until = null, failures_in_row = 0");
      child.send("wake");
      expect((await job())?.state).toBe("completed");
    },
    { timeout: 30_000, interval: 150 },
  );
  // Three times at once, and once with each attempt after that.
  expect(asked(username)).toBe(3 + 4);
  const profile = await profileOf(services, username);
  expect(profile).toMatchObject({ status: "not_found", queuedAt: null });
  expect(profile?.staleAt?.getTime()).toBeGreaterThan(Date.now());
});

test("H-JOB-115: a person is marked as asked for and queued together, or neither", async () => {
  const services = await asker();
  await services.jobs.ready();
  const username = newUsername("outbox");
  const jobs = () => services.db.query("select from pgboss.job where data->>'username' = $1", [username]);
  const crash = services.db.transaction(async (query) => {
    expect(await claimEnrichment(query, services.clock, [username], ["enrichlayer"])).toEqual([username]);
    await services.jobs.sendAll(query, "enrich", [{ data: { username } }]);
    throw new Error("the process ended here");
  });
  await expect(crash).rejects.toThrow("ended here");
  expect([await profileOf(services, username), (await jobs()).length]).toEqual([null, 0]);
  await services.avatars.resolve((await workspace(services)).id, username);
  expect(await profileOf(services, username)).toMatchObject({ status: "enriching", queuedAt: expect.any(Date) });
  expect(await jobs()).toHaveLength(1);
});
