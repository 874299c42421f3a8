import { expect, test, vi } from "vitest";
import { setPeerAddress } from "../../lib/http/client-address.ts";
import { findMount } from "../../lib/mounts.ts";
import { endOfMonth, monthOf } from "../../lib/platform/clock.ts";
import { newId } from "../../lib/platform/ids.ts";
import type { Services } from "../../lib/services.ts";
import { getAvatar, newUsername, steppedClock, testServices, used, workspace } from "../support/services.ts";

test("H-QUOTA-69: a plan or limit that changes holds from the next request on, and nothing is ever negative", async () => {
  const [services, other] = await Promise.all([testServices(), testServices()]);
  const { id, key } = await workspace(services);
  const { limits } = services.quotas;
  const ask = () => getAvatar(other, { key, username: newUsername() });
  await limits.setPlan(id, "free", "test", { reset: true });
  expect((await ask()).headers.get("x-quota-remaining")).toBe("999");
  await limits.setLimit(id, "avatar_requests", 40, "test");

  const flight = Array.from({ length: 30 }, ask);
  await limits.setLimit(id, "avatar_requests", 10, "test");
  const after = await Promise.all(Array.from({ length: 15 }, ask));
  const during = await Promise.all(flight);
  const granted = [...during, ...after].filter((answer) => answer.status === 200).length;
  expect(await used(services, id)).toBe(granted + 1);
  expect(granted).toBeLessThanOrEqual(39);
  for (const answer of [...during, ...after]) {
    expect(Number(answer.headers.get("x-quota-remaining"))).toBeGreaterThanOrEqual(0);
  }

  await limits.setLimit(id, "avatar_requests", 1, "test");
  const refused = await ask();
  expect(refused.status).toBe(402);
  expect(refused.headers.get("x-quota-limit")).toBe("1");
  expect(refused.headers.get("x-quota-remaining")).toBe("0");
  await limits.setPlan(id, "team", "test");
  expect((await ask()).status).toBe(402);
  await limits.setPlan(id, "team", "test", { reset: true });
  const upgraded = await ask();
  expect(upgraded.status).toBe(200);
  expect(upgraded.headers.get("x-quota-limit")).toBe("50000");
});

/** Guesses a key from a network address; 401 until that address has guessed too often. */
async function guess(services: Services, peer: string, forwardedFor?: string): Promise<number> {
  const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  const request = new Request("http://avtrz.test/v1/avatar?key=pk_live_guess&username=someone", { headers });
  setPeerAddress(request, peer);
  const handler = findMount("/v1/avatar");
  return (await handler?.(request, services))?.status ?? 0;
}

async function guesses(services: Services, count: number, from: (n: number) => [string, string?]): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 1; n <= count; n++) statuses.push(await guess(services, ...from(n)));
  return statuses;
}

// Addresses of this run alone, as rates may be kept by a Redis that outlives it.
const net = () => Array.from({ length: 2 }, () => Math.floor(Math.random() * 0xffff).toString(16)).join(":");
const rateLimits = { organization: 1_000, key: 1_000, user: 1_000, address: 5 };

test("H-QUOTA-73: without a trusted proxy X-Forwarded-For does not give anybody a new bucket", async () => {
  const services = await testServices({ rateLimits });
  const peer = `2001:db8:${net()}::1`;
  expect(await guesses(services, 12, (n) => [peer, `198.51.100.${n}`])).toContain(429);
});

test("H-QUOTA-73: behind one proxy only the entry which that proxy appended counts", async () => {
  const services = await testServices({ rateLimits, trustedProxyHops: 1 });
  const real = `2001:db8:${net()}::1`;
  const proxy = `2001:db8:${net()}::1`;
  expect(await guesses(services, 12, (n) => [proxy, `198.51.100.${n}, ${real}`])).toContain(429);
  expect(await guesses(services, 4, () => [proxy, `${real}, 2001:db8:${net()}::1`])).toEqual(Array(4).fill(401));
  // Whoever reaches us past the proxy is known by the connection.
  expect(await guesses(services, 12, () => [proxy])).toContain(429);
});

test("H-QUOTA-73: addresses of one IPv6 /64 share a bucket, another /64 has its own", async () => {
  const services = await testServices({ rateLimits });
  const prefix = `2001:db8:${net()}`;
  expect(await guesses(services, 12, (n) => [`${prefix}:${n}:ffff:1:${n}`])).toContain(429);
  const neighbours = net();
  expect(await guesses(services, 4, (n) => [`2001:db8:${neighbours.split(":")[0]}:${n}::1`])).toEqual(
    Array(4).fill(401),
  );
});

test("H-QUOTA-75: a counter that disagrees with its rows is reported, audited and repaired", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  for (let i = 0; i < 3; i++) await getAvatar(services, { key, username: newUsername() });
  const alarm = vi.spyOn(services.log, "error");
  await services.db.query("update quota_counter set used = used + 4 where organization_id = $1", [id]);

  const repairs = (await services.quotas.reconcile()).filter((repair) => repair.organizationId === id);
  expect(repairs).toHaveLength(2);
  expect(repairs).toContainEqual({ organizationId: id, metric: "avatar_requests", counted: 7, rows: 3 });
  expect(alarm).toHaveBeenCalledWith(
    expect.objectContaining({ organizationId: id, counted: 7, rows: 3 }),
    expect.any(String),
  );
  expect(await used(services, id)).toBe(3);
  const audits = await services.db.query(
    "select from audit_event where organization_id = $1 and action = 'quota.repair'",
    [id],
  );
  expect(audits).toHaveLength(2);
  expect((await services.quotas.reconcile()).filter((repair) => repair.organizationId === id)).toEqual([]);
});

test("H-QUOTA-75: of processes that compare at the same time one repairs", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  for (let i = 0; i < 3; i++) await getAvatar(services, { key, username: newUsername() });
  await services.db.query("update quota_counter set used = used + 4 where organization_id = $1", [id]);
  const all = await Promise.all(Array.from({ length: 4 }, () => services.quotas.reconcile()));
  // Tests beside this one compare too, and may have been first.
  expect(all.flat().filter((repair) => repair.organizationId === id).length).toBeLessThanOrEqual(2);
  expect(await used(services, id)).toBe(3);
  const audits = await services.db.query(
    "select from audit_event where organization_id = $1 and action = 'quota.repair'",
    [id],
  );
  expect(audits).toHaveLength(2);
});

test("H-QUOTA-75: a request at the edge of a month is no difference, and the last day of a month is compared too", async () => {
  const nextMonth = endOfMonth(Date.now());
  const clock = steppedClock(nextMonth + 3 * 3_600_000);
  const services = await testServices({}, { clock });
  const { id } = await workspace(services);
  // Its id was made in the last millisecond of a month, and it was counted in the first of the next; and the reverse.
  for (const [made, at] of [
    [nextMonth - 1, nextMonth],
    [nextMonth - 1, nextMonth - 1],
    [nextMonth, nextMonth],
  ] as const) {
    const request = { channel: "api" as const, tool: "avatar", username: newUsername(), at };
    await services.quotas.meter.takeOne({ id: newId("req", made), organizationId: id, ...request });
  }
  const mine = async () => (await services.quotas.reconcile()).filter((repair) => repair.organizationId === id);
  expect(await mine()).toEqual([]);
  await services.db.query(
    "update quota_counter set used = 9 where organization_id = $1 and metric = 'avatar_requests' and period = $2::date",
    [id, monthOf(nextMonth - 1)],
  );
  expect(await mine()).toMatchObject([{ metric: "avatar_requests", counted: 9, rows: 1 }]);
  expect(await mine()).toEqual([]);
});
