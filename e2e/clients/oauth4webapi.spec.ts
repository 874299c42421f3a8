import * as oauth from "oauth4webapi";
import { expect, test } from "./client.ts";

const HTTP = { [oauth.allowInsecureRequests]: true };
const REDIRECT = "http://127.0.0.1:51735/cb";

test("oauth4webapi finds its way from the resource to tokens, refreshes and revokes them", async ({ running }) => {
  const resource = new URL(running.mcp);
  const found = await oauth.processResourceDiscoveryResponse(
    resource,
    await oauth.resourceDiscoveryRequest(resource, HTTP),
  );
  const issuer = new URL(found.authorization_servers?.[0] ?? "");
  const server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { ...HTTP, algorithm: "oauth2" }),
  );
  const metadata = { client_name: "oauth4webapi", redirect_uris: [REDIRECT], token_endpoint_auth_method: "none" };
  const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(server, metadata, HTTP),
  );
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const address = new URL(server.authorization_endpoint ?? "");
  address.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: REDIRECT,
    response_type: "code",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    resource: found.resource,
  }).toString();
  const parameters = oauth.validateAuthResponse(server, client, await running.allow(address.href), state);
  const none = oauth.None();
  const exchange = () =>
    oauth.authorizationCodeGrantRequest(server, client, none, parameters, REDIRECT, verifier, {
      ...HTTP,
      additionalParameters: { resource: found.resource },
    });
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, await exchange());
  const refreshed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, none, tokens.refresh_token ?? "", HTTP),
  );
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);

  const ask = () =>
    oauth.protectedResourceRequest(
      refreshed.access_token,
      "POST",
      resource,
      new Headers({ "content-type": "application/json", accept: "application/json, text/event-stream" }),
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
      HTTP,
    );
  expect((await ask()).status).toBe(200);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, none, refreshed.refresh_token ?? "", HTTP),
  );
  await expect(async () => {
    const refused = await ask().catch((error: oauth.WWWAuthenticateChallengeError) => error);
    expect(refused).toMatchObject({
      status: 401,
      cause: [{ scheme: "bearer", parameters: { error: "invalid_token" } }],
    });
  }).toPass({ timeout: 2_000 });
  expect((await exchange()).status).toBe(400);
});
