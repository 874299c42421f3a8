import { expect, test } from "vitest";
import { exchange, grantCode, registerClient, requestToken } from "../../support/oauth.ts";
import { person } from "../../support/person.ts";
import { send, testServices, workspace } from "../../support/services.ts";

async function expectError(answer: Response, status: number, error: string) {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await answer.json()).toEqual({ error, error_description: expect.stringMatching(/\S/) });
}

test.each([
  ["no grant_type", { grant_type: "" }, "invalid_request"],
  ["a grant_type that there is not", { grant_type: "client_credentials" }, "unsupported_grant_type"],
  ["the password grant", { grant_type: "password", username: "a", password: "b" }, "unsupported_grant_type"],
  ["no code", { code: "" }, "invalid_request"],
  ["a code that never was", { code: "avc_unknown" }, "invalid_grant"],
  ["another resource", { resource: "https://other.example/mcp" }, "invalid_target"],
])("400: %s", async (_what, more, error) => {
  const services = await testServices();
  const { id } = await workspace(services);
  const granted = await grantCode(services, await person(services, { [id]: "owner" }), id);
  await expectError(await exchange(services, granted, more), 400, error);
  expect((await exchange(services, granted)).status).toBe(200);
});

test("401: a client that is gone is told invalid_client, on which it registers anew", async () => {
  const services = await testServices();
  const clientId = await registerClient(services);
  const ask = () =>
    requestToken(services, { grant_type: "refresh_token", client_id: clientId, refresh_token: "avr_x" });
  await expectError(await ask(), 400, "invalid_grant");
  await services.db.query("delete from oauth_client where id = $1", [clientId]);
  await expectError(await ask(), 401, "invalid_client");
});

test("405: the endpoint answers POST", async () => {
  const answer = await send(await testServices(), "/oauth/token");
  expect(answer.headers.get("allow")).toBe("POST, OPTIONS");
  await expectError(answer, 405, "invalid_request");
});
