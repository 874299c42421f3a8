/** What every keyed address refuses in the same way; each scenario runs against the address it is given. */
import { expect } from "vitest";
import { mintKey } from "../../lib/keys/format.ts";
import type { ErrorCode } from "../../lib/platform/errors.ts";
import type { Services } from "../../lib/services.ts";
import type { Ask, KeyedRoute } from "./keyed-routes.ts";
import { expectProblem } from "./problems.ts";
import { ledgerOf, newUsername, testServices, used, type Workspace, workspace } from "./services.ts";

/** A workspace and a key that the address accepts. */
export async function callerOf(
  route: KeyedRoute,
  services: Services,
  limits: Partial<Record<string, number>> = {},
): Promise<Workspace> {
  const own = await workspace(services, limits);
  if (route.keyType === "publishable") return own;
  const secret = await own.mint("secret");
  return { ...own, key: secret.key, keyId: secret.id };
}

/** 401 for each way in which a key can be wrong; nothing is counted, and a known key's refusals are recorded. */
export async function refusesBadKeys(route: KeyedRoute): Promise<void> {
  const services = await testServices();
  const { id, key, keyId, mint } = await callerOf(route, services);
  const refused = async (code: ErrorCode, request: Ask) => {
    const response = await route.ask(services, request);
    await expectProblem(services, route.operation, response, 401, code);
    expect(response.headers.get("www-authenticate")).toBe('ApiKey realm="avtrz"');
    expect(response.headers.has("ratelimit-limit")).toBe(false);
  };
  const typo = key.slice(0, -1) + (key.endsWith("a") ? "b" : "a");
  await refused("missing_key", {});
  await refused("missing_key", { key: "" });
  await refused("mistyped_key", { key: typo });
  await refused("mistyped_key", { key: "pk_live_nonsense" });
  await refused("invalid_key", { key: mintKey(route.keyType) });
  await refused("secret_key_in_url", { query: { key: mintKey("secret") } });
  await refused("secret_key_in_url", { key, query: { key: "sk_live_anything" } });
  await refused("two_keys", { key, query: { key: mintKey("publishable") } });
  await services.keys.manager.revoke(id, keyId, "test");
  await refused("invalid_key", { key });

  const fenced = await mint(route.keyType, ["app.example.com", "*.example.org"]);
  const strangers = [{}, { origin: "https://evil.example" }, { origin: "null", referer: "https://app.example.com/" }];
  for (const headers of strangers) await refused("domain_not_allowed", { key: fenced.key, headers });
  const origin = "https://deep.sub.example.org";
  expect((await route.ask(services, { key: fenced.key, headers: { origin } })).status).not.toBe(401);

  const rows = (await ledgerOf(services, id)).filter((row) => row.outcome === "blocked");
  if (route.tool === null) return expect(rows).toEqual([]);
  expect(rows.map((row) => [row.tool, row.code, row.units, row.originDomain])).toEqual([
    [route.tool, "invalid_key", 0, null],
    [route.tool, "domain_not_allowed", 0, null],
    [route.tool, "domain_not_allowed", 0, "evil.example"],
    [route.tool, "domain_not_allowed", 0, null],
  ]);
  expect(await used(services, id)).toBe(1);
}

/** 402 from the first request beyond either limit; the refusal consumes nothing, and known people go on being served. */
export async function refusesBeyondTheQuota(route: KeyedRoute): Promise<void> {
  const services = await testServices();
  const spent = await callerOf(route, services, { avatar_requests: 1 });
  const first = await route.ask(services, { key: spent.key });
  expect(first.headers.get("x-quota-limit")).toBe("1");
  expect(first.headers.get("x-quota-remaining")).toBe("0");
  const username = newUsername();
  const second = await route.ask(services, { key: spent.key, username });
  const problem = await expectProblem(services, route.operation, second, 402, "quota_exceeded");
  expect(problem.title).toBe("The workspace's monthly quota of avatar_requests is used up.");
  expect(second.headers.get("x-quota-remaining")).toBe("0");
  expect(second.headers.has("ratelimit-remaining")).toBe(true);
  expect(await used(services, spent.id)).toBe(1);
  expect(await used(services, spent.id, "avatar_new_profiles")).toBe(1);
  expect((await ledgerOf(services, spent.id)).at(-1)).toMatchObject({
    id: second.headers.get("x-request-id"),
    outcome: "blocked",
    code: "quota_exceeded",
    units: 0,
    tool: route.tool,
    username,
  });

  const knowing = await callerOf(route, services, { avatar_new_profiles: 1 });
  const known = newUsername();
  const accepted = await route.ask(services, { key: knowing.key, username: known });
  const stranger = await route.ask(services, { key: knowing.key });
  const { title } = await expectProblem(services, route.operation, stranger, 402, "quota_exceeded");
  expect(title).toContain("avatar_new_profiles");
  expect((await route.ask(services, { key: knowing.key, username: known })).status).toBe(accepted.status);
  expect(await used(services, knowing.id)).toBe(2);
}

/** 429 for a key that asks too fast, with the seconds to wait; the refusal consumes nothing and is recorded. */
export async function refusesBeyondTheRate(route: KeyedRoute): Promise<void> {
  const services = await testServices({ rateLimits: { organization: 1_000, key: 2, user: 1_000, address: 1_000 } });
  const { id, key } = await callerOf(route, services);
  let accepted = 0;
  let response = await route.ask(services, { key });
  // A new window may begin between two requests, so the third is not always the first to be refused.
  for (; response.status !== 429 && accepted < 6; accepted++) response = await route.ask(services, { key });
  await expectProblem(services, route.operation, response, 429, "rate_limited");
  const wait = response.headers.get("retry-after");
  expect(Number(wait)).toBeGreaterThanOrEqual(1);
  expect(Number(wait)).toBeLessThanOrEqual(20);
  expect(response.headers.get("ratelimit-reset")).toBe(wait);
  expect(response.headers.get("ratelimit-limit")).toBe("2");
  expect(response.headers.get("ratelimit-remaining")).toBe("0");
  const rows = await ledgerOf(services, id);
  if (route.tool === null) return expect(rows).toEqual([]);
  expect(await used(services, id)).toBe(accepted);
  expect(rows.at(-1)).toMatchObject({ outcome: "blocked", code: "rate_limited", units: 0, tool: route.tool });
}

/** 503 within two seconds when the database is away. */
export async function refusesWithoutADatabase(route: KeyedRoute): Promise<void> {
  const services = await testServices({ databaseUrl: "postgres://nobody@127.0.0.1:1/nothing" });
  const started = performance.now();
  const response = await route.ask(services, { key: mintKey(route.keyType) });
  expect(performance.now() - started).toBeLessThan(2_000);
  await expectProblem(services, route.operation, response, 503, "database_unavailable");
  expect(response.headers.get("retry-after")).toBe("1");
}

/** 403 for a publishable key where a secret one is needed; the refusal costs nothing and is recorded. */
export async function refusesPublishableKeys(route: KeyedRoute): Promise<void> {
  const services = await testServices();
  const { id, key } = await workspace(services);
  for (const request of [{ key }, { query: { key } }]) {
    const response = await route.ask(services, request);
    const { title } = await expectProblem(services, route.operation, response, 403, "key_type_not_allowed");
    expect(title).toContain("secret key");
  }
  expect(await used(services, id)).toBe(0);
  const rows = await ledgerOf(services, id);
  expect(rows.map((row) => [row.tool, row.code, row.units])).toEqual(
    route.tool === null ? [] : Array.from({ length: 2 }, () => [route.tool, "key_type_not_allowed", 0]),
  );
}
