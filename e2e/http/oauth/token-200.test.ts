import { expect, test } from "vitest";
import { exchange, grantCode, grantTokens, requestToken, type Tokens } from "../../support/oauth.ts";
import { person } from "../../support/person.ts";
import { testServices, workspace } from "../../support/services.ts";

test("a code becomes tokens that stand for the person, the client and the workspace chosen", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "member" });
  const granted = await grantCode(services, who, id);
  const answer = await exchange(services, granted);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const tokens = (await answer.json()) as Tokens;
  expect(tokens).toMatchObject({
    token_type: "Bearer",
    expires_in: 3600,
    scope: "avatars:read profiles:read keys:read",
  });
  const verified = await services.oauth.verifyAccessToken(tokens.access_token, services.oauth.mcpResource);
  expect(verified).toMatchObject({
    ok: true,
    grant: {
      organizationId: id,
      userId: who.userId,
      role: "member",
      clientId: granted.clientId,
      clientName: "A client",
    },
  });
});

test("a refresh token becomes new tokens, and both old and new access tokens work until they expire", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const { clientId, ...first } = await grantTokens(services, await person(services, { [id]: "owner" }), id);
  const answer = await requestToken(services, {
    grant_type: "refresh_token",
    client_id: clientId,
    refresh_token: first.refresh_token,
  });
  expect(answer.status).toBe(200);
  const second = (await answer.json()) as Tokens;
  expect(second.refresh_token).not.toBe(first.refresh_token);
  for (const { access_token } of [first, second]) {
    expect(await services.oauth.verifyAccessToken(access_token, services.oauth.mcpResource)).toMatchObject({
      ok: true,
    });
  }
});

test("fewer scopes may be asked for at a refresh, and the refresh token keeps them all", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const { clientId, refresh_token } = await grantTokens(services, await person(services, { [id]: "owner" }), id);
  const refresh = async (token: string, more: Record<string, string>) => {
    const answer = await requestToken(services, {
      grant_type: "refresh_token",
      client_id: clientId,
      refresh_token: token,
      ...more,
    });
    return (await answer.json()) as Tokens;
  };
  const fewer = await refresh(refresh_token, { scope: "avatars:read" });
  expect(fewer.scope).toBe("avatars:read");
  expect((await refresh(fewer.refresh_token, {})).scope).toBe("avatars:read profiles:read keys:read");
});
