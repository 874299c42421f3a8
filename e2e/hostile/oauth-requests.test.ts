import { describe, expect, test } from "vitest";
import type { Services } from "../../lib/services.ts";
import {
  authorizationParameters,
  authorize,
  decide,
  pkce,
  REDIRECT,
  registerClient,
  requestIdOf,
} from "../support/oauth.ts";
import { person } from "../support/person.ts";
import { send, testServices, workspace } from "../support/services.ts";

const ISSUER = "http://avtrz.test";

async function ask(services: Services, clientId: string, more: Record<string, string>) {
  return authorize(services, authorizationParameters(services, clientId, pkce(), more));
}

/** A page of ours, which leads nowhere and cannot be framed. */
async function expectLocal(answer: Response, status = 400): Promise<string> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("location")).toBeNull();
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(answer.headers.get("x-frame-options")).toBe("DENY");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const page = await answer.text();
  expect(page).not.toMatch(/<(script|a|form|img|meta http-equiv)\b/i);
  return page;
}

describe("H-OAUTH-08 H-OAUTH-23 an unknown client or address is told here, on a page that cannot be framed", () => {
  test.each<[string, Record<string, string>]>([
    ["an unknown client", { client_id: "cli_00000000000000000000000000" }],
    ["a client_id that is none", { client_id: "'; drop table oauth_client; --" }],
    ["a null character as client", { client_id: "\0" }],
    ["a client_id of http", { client_id: "http://127.0.0.1/client" }],
    ["an address of somebody else", { redirect_uri: "https://evil.example/callback" }],
    ["both", { client_id: "cli_x", redirect_uri: "https://evil.example/callback" }],
    ["an address that is script", { redirect_uri: "javascript:alert(1)" }],
    ["markup as resource and address", { redirect_uri: "<script>alert(1)</script>", resource: "<b>" }],
  ])("%s", async (_what, more) => {
    const services = await testServices();
    const answer = await ask(services, await registerClient(services), more);
    await expectLocal(answer);
  });

  test("what a client is called by its request never becomes markup", async () => {
    const services = await testServices();
    const page = await expectLocal(await ask(services, "x", { client_id: "https://e.example/<img src=x>" }));
    expect(page).not.toContain("<img");
  });
});

describe("H-OAUTH-09 an address that is not byte for byte the registered one is refused", () => {
  const REGISTERED = "https://good.example/callback";
  test.each([
    "https://good.example/callback/",
    "https://good.example/callbac",
    "https://good.example/callbackx",
    "https://good.example/Callback",
    "https://GOOD.example/callback",
    "https://good.example/callback?x=1",
    "https://good.example/callback?",
    "https://good.example/callback#",
    "https://good.example/x/../callback",
    "https://good.example/%2e%2e/callback",
    "https://good.example/callback%00",
    "https://good.example:443/callback",
    "https://good.example@evil.example/callback",
    "https://good.example\\@evil.example/callback",
    "https://good.example.evil.example/callback",
    "https://good\uff0eexample/callback",
    "https://good.example/\tcallback",
    "https://good.example/callback\n",
    " https://good.example/callback",
    "HTTPS://good.example/callback",
    "http://good.example/callback",
    "//good.example/callback",
  ])("%j", async (redirect_uri) => {
    const services = await testServices();
    const clientId = await registerClient(services, [REGISTERED]);
    await expectLocal(await ask(services, clientId, { redirect_uri }));
    expect((await ask(services, clientId, { redirect_uri: REGISTERED })).status).toBe(303);
  });
});

describe("H-OAUTH-10 a client cannot register an address that runs or reads something in the browser", () => {
  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\u0001javascript:alert(1)",
    "\tjavascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "about:blank",
  ])("%j, not even beside a good one", async (uri) => {
    const services = await testServices();
    for (const redirect_uris of [[uri], [REDIRECT, uri]]) {
      const answer = await send(services, "/oauth/register", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ redirect_uris }),
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: "invalid_redirect_uri" });
    }
  });
});

describe("H-OAUTH-11 an app on the person's computer gets whichever port is free, and nothing else", () => {
  test.each<[string, string, boolean]>([
    ["http://127.0.0.1/callback", "http://127.0.0.1:51234/callback", true],
    ["http://127.0.0.1:33418/", "http://127.0.0.1:51234/", true],
    ["http://[::1]/callback", "http://[::1]:51234/callback", true],
    ["http://localhost:8787/callback", "http://localhost:51234/callback", true],
    ["http://127.0.0.1/callback", "http://127.0.0.1:51234/other", false],
    ["http://127.0.0.1/callback", "http://127.0.0.2:51234/callback", false],
    ["http://127.0.0.1/callback", "http://localhost:51234/callback", false],
    ["http://localhost/callback", "http://127.0.0.1:51234/callback", false],
    ["http://127.0.0.1/callback", "https://127.0.0.1:51234/callback", false],
    ["http://127.0.0.1/callback", "http://127.0.0.1:51234@evil.example/callback", false],
    ["http://127.0.0.1/callback", "http://127.1:51234/callback", false],
  ])("registered as %s, asked for as %s: %s", async (registered, redirect_uri, allowed) => {
    const services = await testServices();
    const answer = await ask(services, await registerClient(services, [registered]), { redirect_uri });
    if (allowed) expect(requestIdOf(answer)).toMatch(/^areq_/);
    else await expectLocal(answer);
  });
});

test("H-OAUTH-12 an app's own scheme is used exactly as it was registered, and not at all unless it was", async () => {
  const services = await testServices();
  const uri = "cursor://anysphere.cursor-mcp/oauth/callback";
  const app = await registerClient(services, [
    uri,
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "http://localhost:8787/callback",
  ]);
  requestIdOf(await ask(services, app, { redirect_uri: uri }));
  await expectLocal(await ask(services, app, { redirect_uri: `${uri}/` }));
  await expectLocal(await ask(services, app, { redirect_uri: "cursor://elsewhere/oauth/callback" }));
  await expectLocal(await ask(services, await registerClient(services), { redirect_uri: uri }));
});

describe("H-OAUTH-05 H-OAUTH-14 H-OAUTH-29 what the client may know is sent to its address, with state and one iss", () => {
  const state = "s &=?#%\"'<ü漢";
  test.each<[Record<string, string>, string]>([
    [{ code_challenge: "" }, "invalid_request"],
    [{ code_challenge_method: "" }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge_method: "s256" }, "invalid_request"],
    [{ code_challenge_method: "S512" }, "invalid_request"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ response_type: "code token" }, "unsupported_response_type"],
    [{ response_mode: "fragment" }, "invalid_request"],
    [{ response_mode: "web_message" }, "invalid_request"],
    [{ resource: "https://other.example/mcp" }, "invalid_target"],
    [{ scope: "admin" }, "invalid_scope"],
  ])("%j: %s", async (more, error) => {
    const services = await testServices();
    const redirect_uri = `${REDIRECT}?tenant=a%20b&iss=https://evil.example&state=old`;
    const answer = await ask(services, await registerClient(services, [redirect_uri]), {
      redirect_uri,
      state,
      ...more,
    });
    const location = new URL(answer.headers.get("location") ?? "");
    expect(answer.status).toBe(303);
    expect(location.href.startsWith(`${REDIRECT}?tenant=a%20b&error=${error}&`)).toBe(true);
    expect(location.hash).toBe("");
    expect(location.searchParams.getAll("state")).toEqual([state]);
    expect(location.searchParams.getAll("iss")).toEqual([ISSUER]);
    for (const name of ["code", "access_token", "id_token"]) expect(location.searchParams.has(name)).toBe(false);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("a state with a control character is refused, not stored", async () => {
    const services = await testServices();
    const answer = await ask(services, await registerClient(services), { state: "a\0b" });
    expect(new URL(answer.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_request");
  });
});

test("H-OAUTH-27 H-OAUTH-29 Deny and Allow are told with state and one iss, which is the metadata's", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "owner" });
  const redirect_uri = `${REDIRECT}?tenant=1&iss=https%3A%2F%2Fevil.example`;
  const clientId = await registerClient(services, [redirect_uri]);
  const { issuer } = await (await send(services, "/.well-known/oauth-authorization-server")).json();
  for (const decision of ["deny", "allow", "anything else"]) {
    const requestId = requestIdOf(await ask(services, clientId, { redirect_uri }));
    const answer = await decide(services, who, requestId, { decision, organization: id });
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers.get("location") ?? "");
    expect(location.href.startsWith(`${REDIRECT}?tenant=1&`)).toBe(true);
    expect(location.searchParams.getAll("state")).toEqual(["a state"]);
    expect(location.searchParams.getAll("iss")).toEqual([issuer]);
    expect(location.searchParams.get("error")).toBe(decision === "allow" ? null : "access_denied");
    expect(location.searchParams.has("code")).toBe(decision === "allow");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  }
});

test("H-OAUTH-30 prompt=none never grants: not without a session, and not for a client that was let in before", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "owner" });
  const clientId = await registerClient(services);
  const silent = async (someone?: typeof who) => {
    const parameters = authorizationParameters(services, clientId, pkce(), { prompt: "none" });
    const { searchParams } = new URL((await authorize(services, parameters, someone)).headers.get("location") ?? "");
    expect(searchParams.has("code")).toBe(false);
    expect([searchParams.get("state"), searchParams.getAll("iss")]).toEqual(["a state", [ISSUER]]);
    return searchParams.get("error");
  };
  expect(await silent()).toBe("login_required");
  expect(await silent(who)).toBe("consent_required");
  await decide(services, who, requestIdOf(await ask(services, clientId, {})), { decision: "allow", organization: id });
  expect(await silent(who)).toBe("consent_required");
});
