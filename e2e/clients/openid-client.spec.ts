import * as openid from "openid-client";
import { expect, test } from "./client.ts";

const REDIRECT = "http://127.0.0.1:51736/cb";
const EXECUTE = [openid.allowInsecureRequests];

test("openid-client registers, connects and refreshes", async ({ running }) => {
  const config = await openid.dynamicClientRegistration(
    new URL(running.installation.url),
    { client_name: "openid-client", redirect_uris: [REDIRECT], token_endpoint_auth_method: "none" },
    openid.None(),
    { algorithm: "oauth2", execute: EXECUTE },
  );
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: "profiles:read",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    resource: running.mcp,
  });
  const answer = await running.allow(address.href);
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  const tokens = await openid.authorizationCodeGrant(config, answer, checks, { resource: running.mcp });
  expect(tokens.scope).toContain("profiles:read");
  expect(tokens.expiresIn()).toBeGreaterThan(60);
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "");
  expect(refreshed.access_token).not.toBe(tokens.access_token);
});
