import { request } from "node:http";
import { expect, test } from "vitest";
import { newToken } from "../../lib/oauth/tokens.ts";
import { connectedWorkspace, connectTo } from "../support/connected-workspace.ts";
import { callTool, listenOn, postMcp } from "../support/mcp.ts";
import { ERAS, mcpMessage } from "../support/mcp-message.ts";
import { importPhoto } from "../support/people.ts";
import { drawPhoto } from "../support/photos.ts";
import { newUsername, send, testServices, workspace } from "../support/services.ts";

const PARAMETERS =
  'resource_metadata="http://avtrz.test/.well-known/oauth-protected-resource/mcp", scope="avatars:read profiles:read keys:read"';
const MISSING = `Bearer ${PARAMETERS}`;
const REFUSED = `Bearer error="invalid_token", error_description="Not authenticated.", ${PARAMETERS}`;

async function expectUnauthorized(response: Response, challenge: string): Promise<void> {
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe(challenge);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toMatchObject({ error_description: "Not authenticated." });
}

test.each(ERAS)(
  "H-MCP-93 every way in which a token can be wrong is the same 401, before the body is looked at (%s)",
  async (era) => {
    const services = await testServices();
    const { id, key, token, mint } = await connectedWorkspace(services);
    const ask = (headers: Record<string, string>, method = "initialize") =>
      postMcp(services, null, method, {}, era, headers);
    await expectUnauthorized(await ask({}), MISSING);
    await expectUnauthorized(await ask({}, "notifications/initialized"), MISSING);
    await expectUnauthorized(await ask({ cookie: `avtrz.session=${token}; access_token=${token}` }), MISSING);
    await expectUnauthorized(await ask({ "mcp-session-id": token, "x-api-key": key }), MISSING);

    const expired = await connectTo(services, id, { expiresInMs: -1 });
    const elsewhere = await connectTo(services, id, { resource: `${services.oauth.mcpResource}/avatars/a` });
    const gone = await connectTo(services, id);
    await services.db.query("update connection set revoked_at = now() where id = $1", [gone.connectionId]);
    const left = await connectTo(services, id);
    await services.members.remove("operator", id, left.userId);
    const wrong = [
      expired.token,
      elsewhere.token,
      gone.token,
      left.token,
      key,
      (await mint("secret")).key,
      newToken("access"),
      newToken("refresh"),
      `${token}x`,
      "' or 1=1 --",
    ];
    for (const one of wrong) await expectUnauthorized(await ask({ authorization: `Bearer ${one}` }), REFUSED);
    for (const header of [
      token,
      `Basic ${token}`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer ${token} ${token}`,
      "Bearer ",
    ])
      await expectUnauthorized(await ask({ authorization: header }), REFUSED);
  },
);

test("H-MCP-93 a token in the address is refused, even beside a good header", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  const { headers, body } = mcpMessage("tools/list", {}, "legacy");
  for (const authorization of [{}, { authorization: `Bearer ${token}` }] as Record<string, string>[]) {
    const target = `/mcp?access_token=${token}`;
    const response = await send(services, target, { method: "POST", headers: { ...headers, ...authorization }, body });
    await expectUnauthorized(response, REFUSED);
  }
});

test("H-MCP-93 `bearer` in lower case is the same scheme (RFC 9110, 11.1)", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  const response = await postMcp(services, null, "tools/list", {}, "legacy", { authorization: `bearer ${token}` });
  expect(response.status).toBe(200);
});

test("H-MCP-93 of two Authorization headers on the wire none is chosen", async () => {
  const services = await testServices();
  const [one, other] = [await connectedWorkspace(services), await connectedWorkspace(services)];
  const url = await listenOn(services);
  const { headers, body } = mcpMessage("tools/list", {}, "legacy");
  const post = (authorization: string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = Object.entries(headers).flat();
      for (const token of authorization) sent.push("authorization", `Bearer ${token}`);
      request(
        url,
        { method: "POST", headers: [...sent, "host", url.host, "content-length", String(body.length)] },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      )
        .on("error", reject)
        .end(body);
    });
  expect(await post([one.token])).toBe(200);
  expect(await post([one.token, other.token])).toBe(401);
  expect(await post([one.token, one.token])).toBe(401);
});

test.each([
  ["Origin of another site", { origin: "https://evil.example" }],
  ["opaque Origin", { origin: "null" }],
  ["Origin of another port of this machine", { origin: "http://localhost:1" }],
  ["Origin that only begins like ours", { origin: "http://avtrz.test.evil.example" }],
  ["Host of another site (DNS rebinding)", { host: "evil.example" }],
  ["Host that is no name", { host: "a b" }],
])("H-MCP-94 %s is 403 for every method, before authentication", async (_what, headers) => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  for (const method of ["POST", "GET", "DELETE", "OPTIONS"]) {
    const response = await send(services, "/mcp", {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    expect(response.status).toBe(403);
    expect(response.headers.has("www-authenticate")).toBe(false);
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
  }
});

test("H-MCP-94 without an Origin, and with our own, requests are answered", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  for (const headers of [{}, { origin: "http://avtrz.test", host: "avtrz.test" }, { host: "127.0.0.1:3000" }])
    expect((await postMcp(services, token, "tools/list", {}, "modern", headers)).status).toBe(200);
});

test("H-MCP-97 both eras interleaved are each answered in their own, and a session id is nothing", async () => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, turn) =>
      turn % 2
        ? postMcp(services, token, "server/discover", {}, "modern")
        : postMcp(services, token, "initialize", params, "legacy", { "mcp-session-id": "s1", "last-event-id": "7" }),
    ),
  );
  for (const [turn, answer] of answers.entries()) {
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(answer.headers.has("mcp-session-id")).toBe(false);
    const { result } = await answer.json();
    if (turn % 2) expect(result.supportedVersions).toContain("2026-07-28");
    else expect(result.protocolVersion).toBe("2025-11-25");
    expect(result.capabilities.tools.listChanged ?? false).toBe(false);
  }
  expect((await postMcp(services, null, "tools/list", {}, "legacy", { "mcp-session-id": "s1" })).status).toBe(401);
});

test.each([
  ["get_profile_avatar", "avatars:read"],
  ["get_profile", "profiles:read"],
  ["get_publishable_key", "keys:read"],
])("H-MCP-98 %s without its scope is 403 and names all that is needed; it stays listed", async (name, needed) => {
  const services = await testServices();
  const { id } = await connectedWorkspace(services);
  const scopes = ["avatars:read", "profiles:read", "keys:read"].filter((scope) => scope !== needed);
  const { token } = await connectTo(services, id, { scopes });
  for (const era of ERAS) {
    const response = await postMcp(services, token, "tools/call", { name, arguments: { username: "ada-l" } }, era);
    expect(response.status).toBe(403);
    expect(response.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    expect(response.headers.get("www-authenticate")).toContain('scope="avatars:read profiles:read keys:read"');
    const { result } = await (await postMcp(services, token, "tools/list", {}, era)).json();
    expect(result.tools.map((tool: { name: string }) => tool.name)).toContain(name);
  }
});

test("H-MCP-99 what one workspace imported is not found over another's connection, and no cursor leads anywhere", async () => {
  const services = await testServices();
  const [mine, theirs] = [await connectedWorkspace(services), await connectedWorkspace(services)];
  const username = newUsername();
  await importPhoto(services, theirs.id, username, await drawPhoto());
  for (const tool of ["get_profile_avatar", "get_profile"]) {
    expect((await callTool(services, theirs.token, tool, { username })).isError).toBeUndefined();
    expect((await callTool(services, mine.token, tool, { username })).isError).toBe(true);
  }
  const keyOf = async (token: string) =>
    (await callTool(services, token, "get_publishable_key")).structuredContent?.["publishable_key"];
  expect(await keyOf(mine.token)).not.toBe(await keyOf(theirs.token));
  for (const method of ["tools/list", "resources/list"]) {
    const { error } = await (await postMcp(services, mine.token, method, { cursor: "bmV4dA" })).json();
    expect(error.code).toBe(-32602);
  }
  const { error } = await (await postMcp(services, mine.token, "resources/read", { uri: "file:///etc/passwd" })).json();
  expect(error.code).toBeLessThan(0);
});

test("H-MCP-99 a revoked connection, and a member who was removed, are refused within a second", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const ends: ((connection: { connectionId: string; userId: string }) => Promise<unknown>)[] = [
    ({ connectionId }) => services.db.query("update connection set revoked_at = now() where id = $1", [connectionId]),
    ({ userId }) => services.members.remove("operator", id, userId),
  ];
  for (const end of ends) {
    const connection = await connectTo(services, id);
    const status = async () => (await postMcp(services, connection.token, "tools/list")).status;
    expect(await status()).toBe(200);
    await end(connection);
    const ended = performance.now();
    await expect.poll(status, { interval: 20, timeout: 2_000 }).toBe(401);
    expect(performance.now() - ended).toBeLessThan(1_000);
  }
});
