import { expect, test } from "vitest";
import { send, testServices } from "../../support/services.ts";

async function register(body: unknown, type = "application/json") {
  const services = await testServices();
  return send(services, "/oauth/register", {
    method: "POST",
    headers: { "content-type": type },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

test("201: Cursor's own registration, with its three kinds of address, as a public client", async () => {
  const redirect_uris = [
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "http://localhost:8787/callback",
  ];
  const answer = await register({
    client_name: "Cursor",
    redirect_uris,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "client_secret_post",
    application_type: "native",
    software_id: "x",
    unknown: { nested: true },
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await answer.json()).toEqual({
    client_id: expect.stringMatching(/^cli_/),
    client_id_issued_at: expect.any(Number),
    client_name: "Cursor",
    redirect_uris,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
    application_type: "native",
  });
});

test("201: an address that cannot be used is left out, and the answer says which are left", async () => {
  const answer = await register({ redirect_uris: ["http://intranet/cb", "https://client.example/cb"], client_name: 7 });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ redirect_uris: ["https://client.example/cb"] });
});

test.each<[string, unknown, string]>([
  ["no address", {}, "invalid_redirect_uri"],
  ["an empty list", { redirect_uris: [] }, "invalid_redirect_uri"],
  ["a text for a list", { redirect_uris: "https://client.example/cb" }, "invalid_redirect_uri"],
  [
    "21 addresses",
    { redirect_uris: Array.from({ length: 21 }, (_, i) => `https://client.example/${i}`) },
    "invalid_redirect_uri",
  ],
  ["none that can be used", { redirect_uris: ["http://intranet/cb", "nothing"] }, "invalid_redirect_uri"],
  ["a fragment", { redirect_uris: ["https://client.example/cb#x"] }, "invalid_redirect_uri"],
  ["user information", { redirect_uris: ["https://user@client.example/cb"] }, "invalid_redirect_uri"],
  ["a list", [], "invalid_client_metadata"],
  ["null", null, "invalid_client_metadata"],
  ["half of JSON", "{", "invalid_client_metadata"],
])("400: %s", async (_what, body, error) => {
  const answer = await register(body);
  expect(answer.status).toBe(400);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.json()).toEqual({ error, error_description: expect.stringMatching(/\S/) });
});

test("400: a form is not a registration; 413: nor are 65 KB", async () => {
  const form = await register("redirect_uris=x", "application/x-www-form-urlencoded");
  expect([form.status, await form.json()]).toMatchObject([400, { error: "invalid_client_metadata" }]);
  expect((await register(" ".repeat(65 * 1024))).status).toBe(413);
});
