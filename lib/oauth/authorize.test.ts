import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "#lib/platform/errors";
import { checkAuthorizationRequest } from "./authorize.ts";
import { errorLocation } from "./decisions.ts";

const RESOURCE = "https://avtrz.example/mcp";
const REDIRECT = "https://client.example/callback";
const CLIENT = {
  id: "cli_1",
  kind: "registered",
  name: "A client",
  clientUri: null,
  redirectUris: [REDIRECT],
} as const;
const RIGHT = {
  response_type: "code",
  client_id: "cli_1",
  redirect_uri: REDIRECT,
  code_challenge: "a".repeat(43),
  code_challenge_method: "S256",
  state: "xyz",
  resource: RESOURCE,
  scope: "avatars:read",
};
const findClient = async (id: string) => (id === "cli_1" ? CLIENT : null);
type Given = Record<string, string | undefined> | [string, string][];

function check(given: Given) {
  const pairs = Array.isArray(given)
    ? [...Object.entries(RIGHT), ...given]
    : Object.entries({ ...RIGHT, ...given }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return checkAuthorizationRequest(new URLSearchParams(pairs), {
    publicUrl: RESOURCE.replace(/\/mcp$/, ""),
    findClient,
  });
}

test("a request that is right in everything is kept as it was asked", async () => {
  expect(await check({})).toEqual({
    kind: "checked",
    request: {
      client: CLIENT,
      redirectUri: REDIRECT,
      state: "xyz",
      codeChallenge: RIGHT.code_challenge,
      scopes: ["avatars:read"],
      resource: RESOURCE,
      silent: false,
    },
  });
});

test.each<[string, Given, object]>([
  ["no resource means the one there is", { resource: undefined }, { resource: RESOURCE }],
  ["one slash more is forgiven", { resource: `${RESOURCE}/` }, { resource: RESOURCE }],
  [
    "an avatar is a resource with a scope of its own, whatever else was asked for",
    { resource: `${RESOURCE}/avatars/per_${"0".repeat(26)}`, scope: "avatars:read personas:read offline_access" },
    { resource: `${RESOURCE}/avatars/per_${"0".repeat(26)}`, scopes: ["personas:read", "offline_access"] },
  ],
  ["the resource may be named twice", [["resource", RESOURCE]], { resource: RESOURCE }],
  ["no state is none", { state: undefined }, { state: null }],
  ["unknown scopes are left out", { scope: "openid keys:read keys:read email" }, { scopes: ["keys:read"] }],
  ["no scope means what the tools need", { scope: "" }, { scopes: ["avatars:read", "profiles:read", "keys:read"] }],
  [
    "offline_access alone means that, for long",
    { scope: "offline_access" },
    { scopes: ["avatars:read", "profiles:read", "keys:read", "offline_access"] },
  ],
  ["prompt=consent changes nothing", { prompt: "consent" }, { silent: false }],
  ["what is unknown is ignored", { nonce: "1", audience: "x" }, { state: "xyz" }],
])("%s", async (_what, given, request) => {
  expect(await check(given)).toMatchObject({ kind: "checked", request });
});

describe("H-OAUTH-08 as long as nobody knows where an answer may go, there is none", () => {
  test.each<[string, Given, string]>([
    ["an unknown client", { client_id: "cli_2" }, "client_unknown"],
    ["no client", { client_id: undefined }, "invalid_request"],
    ["two clients", [["client_id", "cli_1"]], "invalid_request"],
    ["an unknown address", { redirect_uri: "https://evil.example/" }, "redirect_uri_not_registered"],
    ["no address", { redirect_uri: undefined }, "invalid_request"],
    ["two addresses", [["redirect_uri", REDIRECT]], "invalid_request"],
    ["both unknown", { client_id: "cli_2", redirect_uri: "https://evil.example/" }, "client_unknown"],
    [
      "an unknown address and other faults",
      { redirect_uri: "https://evil.example/", code_challenge: "" },
      "redirect_uri_not_registered",
    ],
  ])("%s", async (_what, given, code) => {
    expect(await check(given)).toMatchObject({ kind: "refused", error: { code } });
  });
});

describe("H-OAUTH-05 a request without a proper proof key is refused, at the client's own address", () => {
  test.each<Given>([
    { code_challenge: undefined },
    { code_challenge: "" },
    { code_challenge_method: undefined },
    { code_challenge_method: "plain" },
    { code_challenge_method: "s256" },
    { code_challenge_method: "S512" },
    { code_challenge: "a".repeat(42) },
    { code_challenge: "a".repeat(44) },
    { code_challenge: `${"a".repeat(42)}=` },
    { code_challenge: `${"a".repeat(42)}+` },
  ])("%j", async (given) => {
    expect(await check(given)).toMatchObject({
      kind: "answered",
      error: { code: "invalid_request" },
      redirectUri: REDIRECT,
      state: "xyz",
    });
  });
});

test.each<[string, Given, string]>([
  ["response_type=token", { response_type: "token" }, "unsupported_response_type"],
  ["response_type=code token", { response_type: "code token" }, "unsupported_response_type"],
  ["response_type=id_token", { response_type: "id_token" }, "unsupported_response_type"],
  ["no response_type", { response_type: undefined }, "invalid_request"],
  ["response_mode=fragment", { response_mode: "fragment" }, "invalid_request"],
  ["response_mode=web_message", { response_mode: "web_message" }, "invalid_request"],
  ["response_mode=form_post", { response_mode: "form_post" }, "invalid_request"],
  ["a request object", { request: "eyJ" }, "invalid_request"],
  ["a request_uri", { request_uri: "https://evil.example/" }, "invalid_request"],
  ["two states", [["state", "other"]], "invalid_request"],
  ["two scopes", [["scope", "keys:read"]], "invalid_request"],
  [
    "an unknown parameter twice",
    [
      ["x\n", "1"],
      ["x\n", "2"],
    ],
    "invalid_request",
  ],
  ["a null character in the state", { state: "a\0b" }, "invalid_request"],
  ["another resource", { resource: "https://other.example/mcp" }, "invalid_target"],
  ["another resource beside ours", [["resource", "https://other.example/mcp"]], "invalid_target"],
  ["what is no avatar", { resource: `${RESOURCE}/avatars/per_1` }, "invalid_target"],
  ["two slashes more", { resource: `${RESOURCE}//` }, "invalid_target"],
  ["scopes that do not exist", { scope: 'openid "x" \\' }, "invalid_scope"],
  ["scopes that objects inherit", { scope: "__proto__ constructor" }, "invalid_scope"],
])("H-OAUTH-14 %s is told to the client", async (_what, given, code) => {
  expect(await check(given)).toMatchObject({ kind: "answered", error: { code }, redirectUri: REDIRECT });
});

test("H-OAUTH-29 whatever is sent, an answer goes to a registered address with one iss, and never with a code", async () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(...Object.values(RIGHT), "https://evil.example/"),
  );
  const name = fc.constantFrom(...Object.keys(RIGHT), "response_mode", "prompt", "iss", "request");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), fc.boolean(), async (changes, replace) => {
      const outcome = await check(replace ? Object.fromEntries(changes) : changes);
      if (outcome.kind === "refused") return;
      const to = outcome.kind === "checked" ? outcome.request : outcome;
      const error = outcome.kind === "checked" ? new AppError("access_denied") : outcome.error;
      const location = new URL(errorLocation(to, error, "https://avtrz.example"));
      expect(location.origin + location.pathname).toBe(REDIRECT);
      expect(location.searchParams.getAll("iss")).toEqual(["https://avtrz.example"]);
      expect(location.searchParams.getAll("error")).toHaveLength(1);
      expect(location.searchParams.get("error_description")).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
      expect(location.searchParams.has("code")).toBe(false);
      if (outcome.kind === "checked") expect(outcome.request.codeChallenge).toHaveLength(43);
    }),
    { numRuns: 500 },
  );
});
