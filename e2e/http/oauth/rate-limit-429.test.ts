import { expect, test } from "vitest";
import { authorizationParameters, authorize, pkce, registerClient } from "../../support/oauth.ts";
import { send, testServices } from "../../support/services.ts";

// Each counts for itself: other tests of the run have no network address either.
const FEW = { redis: undefined, rateLimits: { organization: 1_000, key: 1_000, user: 1_000, address: 5 } };

test("authorize: too many from one address are told so on a page, and when to go on", async () => {
  const services = await testServices(FEW);
  const parameters = authorizationParameters(services, await registerClient(services), pkce());
  const answers = [];
  for (let i = 0; i < 12; i++) answers.push(await authorize(services, parameters));
  const refused = answers.at(-1);
  expect(refused?.status).toBe(429);
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused?.headers.get("content-type")).toBe("text/html; charset=utf-8");
});

test.each(["token", "register", "revoke"])("%s: too many from one address are told so as JSON", async (endpoint) => {
  const services = await testServices(FEW);
  const ask = () => send(services, `/oauth/${endpoint}`, { method: "POST" });
  let refused = await ask();
  for (let i = 0; i < 12; i++) refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("cache-control")).toBe("no-store");
  expect(await refused.json()).toMatchObject({ error: "temporarily_unavailable" });
});
