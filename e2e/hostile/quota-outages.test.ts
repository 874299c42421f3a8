import { expect, inject, onTestFinished, test } from "vitest";
import { openDatabase } from "../../lib/platform/db.ts";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { migrate } from "../../lib/platform/migrate.ts";
import type { Services } from "../../lib/services.ts";
import { processTree } from "../support/installation.ts";
import { startRedisStandIn } from "../support/redis-stand-in.ts";
import { getAvatar, ledgerOf, newUsername, send, testServices, used, workspace } from "../support/services.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { temporaryDirectory } from "../support/web-processes.ts";

/** A wire to Redis: the run's own, or a stand-in where there is none. */
async function wireToRedis(): Promise<TcpProxy> {
  const url = inject("redisUrl");
  const standIn = url ? undefined : await startRedisStandIn();
  const { hostname, port } = url ? new URL(url) : { hostname: "127.0.0.1", port: standIn?.port };
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) || 6379 });
  onTestFinished(async () => {
    await proxy.stop();
    await standIn?.stop();
  });
  return proxy;
}

const readiness = async (services: Services) => (await send(services, "/readyz")).json();

test("H-QUOTA-70: Redis slow or gone stalls nobody, limits rates locally and loosens no quota", async () => {
  const wire = await wireToRedis();
  const services = await testServices({
    redis: { kind: "redis", url: `redis://127.0.0.1:${wire.port}` },
    rateLimits: { organization: 1_000, key: 1_000, user: 1_000, address: 5 },
  });
  const { id, key } = await workspace(services, { avatar_requests: 12 });
  const ask = async () => {
    const started = performance.now();
    const { status } = await getAvatar(services, { key, username: newUsername() });
    return { status, milliseconds: performance.now() - started };
  };
  const several = async (count: number) => {
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    for (let i = 0; i < count; i++) answers.push(await ask());
    return answers;
  };
  const shared = () =>
    expect
      .poll(
        async () => {
          await services.quotas.rates.api("org_probe", "key_probe");
          return (await readiness(services)).rate_limits;
        },
        { timeout: 10_000 },
      )
      .toBe("ok");
  await shared();

  const answers = await several(2);
  for (const fault of [() => wire.delay(5_000), () => wire.cut()]) {
    fault();
    const during = await several(8);
    expect(Math.max(...during.map((answer) => answer.milliseconds))).toBeLessThan(1_000);
    // Of eight in a row at most a few meet the 50 ms: then Redis is left alone for a second.
    expect(during.filter((answer) => answer.milliseconds < 50).length).toBeGreaterThanOrEqual(4);
    expect(await readiness(services)).toMatchObject({ status: "degraded", rate_limits: "degraded", database: "ok" });
    answers.push(...during);
    const guesses = await Promise.all(Array.from({ length: 12 }, () => send(services, "/v1/avatar?key=pk_live_guess")));
    expect(guesses.map((guess) => guess.status)).toContain(429);
    wire.restore();
    await shared();
  }
  expect(answers.map((answer) => answer.status)).toEqual([...Array(12).fill(200), ...Array(6).fill(402)]);
  expect(await used(services, id)).toBe(12);
});

test("H-QUOTA-70: a process that starts while Redis is down serves", async () => {
  const wire = await wireToRedis();
  wire.cut();
  const services = await testServices({ redis: { kind: "redis", url: `redis://127.0.0.1:${wire.port}` } });
  const { key } = await workspace(services);
  expect((await getAvatar(services, { key, username: newUsername() })).status).toBe(200);
});

type Outage = { url: string; hang(): void; goes(): void; comesBack(): void };

/** A database of the run's kind that can hang or go away, and come back. */
async function frailDatabase(): Promise<Outage> {
  if (inject("backend") === "postgres") {
    const url = new URL(inject("databaseUrl"));
    const wire = await startTcpProxy({ host: url.hostname, port: Number(url.port) || 5432 });
    onTestFinished(() => wire.stop());
    url.hostname = "127.0.0.1";
    url.port = String(wire.port);
    return { url: url.href, hang: () => wire.delay(60_000), goes: () => wire.cut(), comesBack: () => wire.restore() };
  }
  const before = new Set(await processTree(process.pid));
  const embedded = await startEmbeddedDatabase(await temporaryDirectory(), "the test");
  const children = (await processTree(process.pid)).filter((pid) => !before.has(pid));
  onTestFinished(() => embedded.stop());
  await migrate(embedded.url);
  // Its supervisor starts it again after it was killed.
  const signal = (name: NodeJS.Signals) => {
    for (const pid of children) {
      try {
        process.kill(pid, name);
      } catch {
        // `ps` itself was among them, and has ended.
      }
    }
  };
  return {
    url: embedded.url,
    hang: () => signal("SIGSTOP"),
    goes: () => signal("SIGKILL"),
    comesBack: () => signal("SIGCONT"),
  };
}

test("H-QUOTA-71: a database that hangs or is gone is a quick 503, gives nothing away, and comes back without a restart", async () => {
  const outage = await frailDatabase();
  const services = await testServices({ databaseUrl: outage.url });
  const { id, key } = await workspace(services);
  let granted = 0;
  const ask = async () => {
    const started = performance.now();
    const response = await getAvatar(services, { key, username: newUsername() }, { "idempotency-key": newUsername() });
    if (response.status === 200) granted++;
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, retryAfter, seconds: (performance.now() - started) / 1_000 };
  };
  const recovered = () => expect.poll(async () => (await ask()).status, { timeout: 20_000 }).toBe(200);
  await recovered();

  for (const fault of [outage.hang, outage.goes]) {
    fault();
    const during = await Promise.all(Array.from({ length: 20 }, ask));
    expect(during.map(({ status, retryAfter }) => ({ status, retryAfter }))).toEqual(
      Array(20).fill({ status: 503, retryAfter: "1" }),
    );
    expect(Math.max(...during.map((answer) => answer.seconds))).toBeLessThan(2);
    expect((await send(services, "/healthz")).status).toBe(200);
    outage.comesBack();
    await recovered();
  }
  // What was committed without anybody learning of it is given back, once the database must have decided.
  await expect.poll(() => used(services, id), { timeout: 15_000 }).toBe(granted);
  const rows = await ledgerOf(services, id);
  expect(rows.filter((row) => row.units > 0)).toHaveLength(granted);
  expect((await services.quotas.reconcile()).filter((repair) => repair.organizationId === id)).toEqual([]);
});

test("H-QUOTA-71: a connection that dies between two statements of a transaction ends the transaction alone", async () => {
  const url = new URL(inject("databaseUrl"));
  const directory = url.searchParams.get("host");
  const wire = await startTcpProxy(
    directory ? { path: `${directory}/.s.PGSQL.5432` } : { host: url.hostname, port: Number(url.port) || 5432 },
  );
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(wire.port);
  const db = openDatabase(url.href, { connections: 1 });
  onTestFinished(async () => {
    await db.close();
    await wire.stop();
  });
  const transaction = db.transaction(async (query) => {
    await query("select 1");
    wire.cut();
    await expect.poll(() => wire.open()).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    await query("select 1");
  });
  await expect(transaction).rejects.toMatchObject({ code: "database_unavailable" });
  wire.restore();
  expect(await db.query("select 1 as one")).toEqual([{ one: 1 }]);
});

test("H-QUOTA-71: an exhausted pool is a quick 503, and serves again when there is a connection", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const ask = () => getAvatar(services, { key, username: newUsername() });
  expect((await ask()).status).toBe(200);
  const gate = Promise.withResolvers<void>();
  // On the embedded database the first of them holds its one session, and the others wait for it.
  const holders = Promise.allSettled(
    Array.from({ length: 8 }, () => services.db.transaction(async () => gate.promise)),
  );
  const started = performance.now();
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(performance.now() - started).toBeLessThan(2_000);
  gate.resolve();
  await holders;
  await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(200);
  const rows = (await ledgerOf(services, id)).filter((row) => row.units > 0);
  expect(await used(services, id)).toBe(rows.length);
});
