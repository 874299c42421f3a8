import { Writable } from "node:stream";
import pino from "pino";
import { describe, expect, test } from "vitest";
import { exchange, grantCode, grantTokens, registerClient, requestToken, type Tokens } from "../support/oauth.ts";
import { person } from "../support/person.ts";
import { send, steppedClock, testServices, workspace } from "../support/services.ts";

type Overrides = Parameters<typeof testServices>[1];

async function setUp(overrides: Overrides = {}) {
  const services = await testServices({}, overrides);
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "owner" });
  const works = async (token: string) => (await services.oauth.verifyAccessToken(token, services.oauth.mcpResource)).ok;
  const refreshes = async ({ clientId, refresh_token }: { clientId: string; refresh_token: string }) =>
    (await requestToken(services, { grant_type: "refresh_token", client_id: clientId, refresh_token })).status === 200;
  const revoke = (fields: Record<string, string>) =>
    send(services, "/oauth/revoke", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
  return { services, id, who, works, refreshes, revoke };
}

const FORM = "application/x-www-form-urlencoded";

describe("H-OAUTH-20 the token endpoint reads a form in the body and nothing else", () => {
  test.each<[string, RequestInit & { target?: string }, number]>([
    ["GET", { method: "GET" }, 405],
    ["PUT", { method: "PUT" }, 405],
    ["JSON", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }, 400],
    ["no Content-Type", { method: "POST", body: new Uint8Array([97]) }, 400],
    [
      "multipart",
      { method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" }, body: "--x--" },
      400,
    ],
    ["1 MB", { method: "POST", headers: { "content-type": FORM }, body: `a=${"x".repeat(1 << 20)}` }, 413],
    ["a null character", { method: "POST", headers: { "content-type": FORM }, body: "client_id=%00" }, 400],
    ["a parameter twice", { method: "POST", headers: { "content-type": FORM }, body: "client_id=a&client_id=b" }, 400],
    ["nothing", { method: "POST", headers: { "content-type": FORM }, body: "" }, 400],
  ])("%s", async (_what, init, status) => {
    const { services } = await setUp();
    const answer = await send(services, "/oauth/token", init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("www-authenticate")).toBeNull();
    expect(await answer.json()).toEqual({ error: "invalid_request", error_description: expect.stringMatching(/\S/) });
  });

  test("credentials in the address are refused, and no log has them", async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const { services, id, who } = await setUp({ log: pino({ level: "trace" }, stream) });
    const { clientId, code, verifier } = await grantCode(services, who, id);
    const fields = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      code,
      code_verifier: verifier,
    });
    const answer = await send(services, `/oauth/token?${fields}`, {
      method: "POST",
      headers: { "content-type": FORM },
      body: fields.toString(),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: "invalid_request" });
    const granted = { clientId, code, verifier, organizationId: id };
    const tokens = (await (await exchange(services, granted)).json()) as Tokens;
    await exchange(services, granted);
    const log = lines.join("");
    for (const secret of [code, verifier, tokens.access_token, tokens.refresh_token]) expect(log).not.toContain(secret);
  });
});

describe("H-OAUTH-21 clients here have no secret: whoever brings one is told so", () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  test.each<[string, string, Record<string, string>]>([
    ["Basic", basic("cli:secret"), {}],
    ["Basic and a body secret", basic("cli:secret"), { client_secret: "secret" }],
    ["malformed base64", "Basic !!!!", {}],
    ["a percent sign that encodes nothing", basic("%zz:x"), {}],
    ["an empty id", basic(":secret"), {}],
    ["the scheme in capitals", basic("cli:secret").replace("Basic", "BASIC"), {}],
    ["no credentials after it", "Basic", {}],
  ])("%s", async (_what, authorization, more) => {
    const { services } = await setUp();
    const answer = await send(services, "/oauth/token", {
      method: "POST",
      headers: { "content-type": FORM, authorization },
      body: new URLSearchParams({ grant_type: "refresh_token", ...more }).toString(),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Basic /);
    expect(await answer.json()).toMatchObject({ error: "invalid_client" });
  });

  test.each<Record<string, string>>([
    { client_secret: "secret" },
    { client_assertion: "eyJ" },
    { client_id: "cli_nobody" },
  ])("%j in the body is invalid_client, without a challenge", async (more) => {
    const { services } = await setUp();
    const clientId = await registerClient(services);
    const answer = await requestToken(services, {
      grant_type: "refresh_token",
      refresh_token: "x",
      client_id: clientId,
      ...more,
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBeNull();
    expect(await answer.json()).toMatchObject({ error: "invalid_client" });
  });

  test("an empty secret is none", async () => {
    const { services, id, who } = await setUp();
    expect((await exchange(services, await grantCode(services, who, id), { client_secret: "" })).status).toBe(200);
  });
});

test("H-OAUTH-34 no registration ever gives out a secret, whatever it asks for", async () => {
  const { services } = await setUp();
  const answer = await send(services, "/oauth/register", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      redirect_uris: ["https://client.example/callback"],
      token_endpoint_auth_method: "client_secret_basic",
      client_secret: "mine",
      client_id: "cli_mine",
    }),
  });
  expect(answer.status).toBe(201);
  const client = await answer.json();
  expect(client).toMatchObject({
    token_endpoint_auth_method: "none",
    client_id: expect.stringMatching(/^cli_\w{26}$/),
  });
  expect(Object.keys(client).join()).not.toMatch(/secret|registration_access_token/);
});

describe("H-OAUTH-35 revocation always answers 200, and ends", () => {
  test("nothing for another client's name, an unknown token or none of ours", async () => {
    const { services, id, who, works, refreshes, revoke } = await setUp();
    const tokens = await grantTokens(services, who, id);
    const other = await registerClient(services);
    for (const fields of [
      { client_id: other, token: tokens.refresh_token },
      { client_id: other, token: tokens.access_token },
      { client_id: other, token: tokens.access_token, token_type_hint: "refresh_token" },
      { client_id: tokens.clientId, token: "avr_unknown" },
      { client_id: tokens.clientId, token: "pk_live_x" },
      { client_id: "nobody", token: "x" },
    ]) {
      const answer = await revoke(fields);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    expect(await works(tokens.access_token)).toBe(true);
    expect(await refreshes(tokens)).toBe(true);
  });

  test("an access token alone", async () => {
    const { services, id, who, works, refreshes, revoke } = await setUp();
    const tokens = await grantTokens(services, who, id);
    await revoke({ client_id: tokens.clientId, token: tokens.access_token, token_type_hint: "refresh_token" });
    expect(await works(tokens.access_token)).toBe(false);
    expect(await refreshes(tokens)).toBe(true);
  });

  test("with a refresh token all of its family, and the connection when nothing else of it is left", async () => {
    const clock = steppedClock();
    const { services, id, who, works, refreshes, revoke } = await setUp({ clock });
    const tokens = await grantTokens(services, who, id);
    const install = (await (
      await exchange(services, await grantCode(services, who, id, { clientId: tokens.clientId }))
    ).json()) as Tokens;
    const state = async () =>
      (await services.db.query("select revoked_reason from connection where client_id = $1", [tokens.clientId]))[0];
    await revoke({ client_id: tokens.clientId, token: tokens.refresh_token });
    expect(await works(tokens.access_token)).toBe(false);
    expect(await refreshes(tokens)).toBe(false);
    expect(await works(install.access_token)).toBe(true);
    expect(await state()).toEqual({ revoked_reason: null });
    await revoke({ client_id: tokens.clientId, token: install.refresh_token });
    clock.advance(999);
    expect(await works(install.access_token)).toBe(false);
    expect(await state()).toEqual({ revoked_reason: "client" });
  });

  test("not the connection under somebody who has just been let in again and is about to exchange the code", async () => {
    const { services, id, who, revoke } = await setUp();
    const tokens = await grantTokens(services, who, id);
    const again = await grantCode(services, who, id, { clientId: tokens.clientId });
    await revoke({ client_id: tokens.clientId, token: tokens.refresh_token });
    expect((await exchange(services, again)).status).toBe(200);
  });
});
