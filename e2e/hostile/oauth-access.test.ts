import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { findMount } from "../../lib/mounts.ts";
import type { Services } from "../../lib/services.ts";
import { grantTokens, requestToken } from "../support/oauth.ts";
import { person } from "../support/person.ts";
import { send, steppedClock, testServices, workspace } from "../support/services.ts";

async function setUp() {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "owner" });
  const tokens = await grantTokens(services, who, id);
  const verify = () => services.oauth.verifyAccessToken(tokens.access_token, services.oauth.mcpResource);
  expect((await verify()).ok).toBe(true);
  return { services, clock, id, who, tokens, verify };
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("H-OAUTH-16 only a token that was issued here, for this resource, is one", () => {
  test("another resource, or the same one spelled otherwise, is refused", async () => {
    const { services, tokens } = await setUp();
    const { mcpResource } = services.oauth;
    for (const resource of [`${mcpResource}/`, `${mcpResource}/avatars/x`, "https://other.example/mcp", ""])
      expect(await services.oauth.verifyAccessToken(tokens.access_token, resource)).toEqual({
        ok: false,
        reason: "other_resource",
      });
  });

  // Nothing here verifies signatures: tokens are opaque, so there is neither an algorithm nor a key to be confused about.
  test("tokens that describe themselves are unknown, however they are signed", async () => {
    const { services, who } = await setUp();
    const claims = encoded({ iss: "http://avtrz.test", aud: services.oauth.mcpResource, sub: who.userId, exp: 4e9 });
    const head = (alg: string) => `${encoded({ alg, typ: "JWT" })}.${claims}`;
    const signed = `${head("HS256")}.${createHmac("sha256", services.config.secret ?? "")
      .update(head("HS256"))
      .digest("base64url")}`;
    for (const token of [`${head("none")}.`, signed, `${head("RS256")}.${"a".repeat(342)}`])
      expect(await services.oauth.verifyAccessToken(token, services.oauth.mcpResource)).toEqual({
        ok: false,
        reason: "unknown",
      });
  });

  test.each([
    ["in capitals", (token: string) => token.toUpperCase()],
    ["with a blank", (token: string) => `${token} `],
    ["with a character less", (token: string) => token.slice(0, -1)],
    ["with a character more", (token: string) => `${token}A`],
    ["with another last character", (token: string) => token.slice(0, -1) + (token.endsWith("A") ? "B" : "A")],
    ["as nothing", () => ""],
    ["as a null character", () => "avt_\0"],
  ])("a token %s is unknown", async (_what, change) => {
    const { services, tokens } = await setUp();
    const changed = await services.oauth.verifyAccessToken(change(tokens.access_token), services.oauth.mcpResource);
    expect(changed).toEqual({ ok: false, reason: "unknown" });
  });

  test("an hour after it was issued it is over", async () => {
    const { clock, verify } = await setUp();
    clock.advance(3_600_000 - 1);
    expect((await verify()).ok).toBe(true);
    clock.advance(1);
    expect(await verify()).toEqual({ ok: false, reason: "expired" });
  });
});

describe("H-OAUTH-40 what a token stands on is gone, and so is the token, within a second and with no call in between", () => {
  const GONE: [string, (services: Services, id: string, userId: string) => Promise<unknown>, string][] = [
    [
      "the person left",
      (s, id, user) => s.db.query("delete from membership where organization_id = $1 and user_id = $2", [id, user]),
      "revoked",
    ],
    ["the person was deleted", (s, _, user) => s.db.query(`delete from "user" where id = $1`, [user]), "unknown"],
    ["the workspace was deleted", (s, id) => s.db.query("delete from organization where id = $1", [id]), "unknown"],
    [
      "the connection was revoked",
      (s, id) => s.db.query("update connection set revoked_at = now() where organization_id = $1", [id]),
      "revoked",
    ],
  ];
  test.each(GONE)("%s", async (_what, remove, reason) => {
    const { services, clock, id, who, tokens, verify } = await setUp();
    await remove(services, id, who.userId);
    clock.advance(999);
    expect(await verify()).toEqual({ ok: false, reason });
    const { clientId, refresh_token } = tokens;
    const answer = await requestToken(services, { grant_type: "refresh_token", client_id: clientId, refresh_token });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: "invalid_grant" }]);
  });

  test("a role that became less is what the token says within a second", async () => {
    const { services, clock, id, who, verify } = await setUp();
    expect(await verify()).toMatchObject({ grant: { role: "owner" } });
    await services.db.query("update membership set role = 'member' where organization_id = $1 and user_id = $2", [
      id,
      who.userId,
    ]);
    clock.advance(999);
    expect(await verify()).toMatchObject({ ok: true, grant: { role: "member" } });
  });
});

describe("H-OAUTH-38 the metadata comes from the configuration", () => {
  const SERVER = "/.well-known/oauth-authorization-server";
  const RESOURCE = "/.well-known/oauth-protected-resource";

  test.each([
    [SERVER, `${SERVER}/mcp`],
    [RESOURCE, `${RESOURCE}/mcp`],
  ])("%s and %s are one document", async (root, path) => {
    const { services } = await setUp();
    const [first, second] = [await send(services, root), await send(services, path)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await second.text()).toBe(await first.text());
  });

  test.each([SERVER, RESOURCE])("%s does not believe who is asked for, or forwarded to", async (path) => {
    const { services } = await setUp();
    const asked = new Request(`https://evil.example${path}`, {
      headers: { "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher", forwarded: "host=evil.example" },
    });
    const answer = await findMount(path)?.(asked, services);
    const text = (await answer?.text()) ?? "";
    expect(text).not.toContain("evil.example");
    expect(text).not.toContain("gopher");
    expect(text).toBe(await (await send(services, path)).text());
  });
});
