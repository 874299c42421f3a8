import { expect, test } from "vitest";
import { authorizationParameters, authorize, pkce, registerClient, requestIdOf } from "../../support/oauth.ts";
import { testServices } from "../../support/services.ts";

test("a request that is right in everything leads to the consent screen, which has it as it was asked", async () => {
  const services = await testServices();
  const clientId = await registerClient(services);
  const proof = pkce();
  const answer = await authorize(services, authorizationParameters(services, clientId, proof, { state: "é ü&=" }));
  expect(answer.status).toBe(303);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  expect(await services.oauth.requests.find(requestIdOf(answer))).toMatchObject({
    clientId,
    redirectUri: "https://client.example/callback",
    state: "é ü&=",
    codeChallenge: proof.challenge,
    scopes: ["avatars:read", "profiles:read", "keys:read"],
    resource: services.oauth.mcpResource,
  });
});

test("a fault that the client may know is told at its own address", async () => {
  const services = await testServices();
  const parameters = authorizationParameters(services, await registerClient(services), pkce(), {
    response_type: "token",
  });
  const answer = await authorize(services, parameters);
  expect(answer.status).toBe(303);
  const location = new URL(answer.headers.get("location") ?? "");
  expect(location.origin + location.pathname).toBe("https://client.example/callback");
  expect(Object.fromEntries(location.searchParams)).toEqual({
    error: "unsupported_response_type",
    error_description: expect.stringMatching(/\S/),
    state: "a state",
    iss: services.config.publicUrl,
  });
});
