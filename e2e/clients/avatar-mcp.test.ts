/** An avatar's own endpoint as clients that others wrote see it, and as a protected resource apart from /mcp. */
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, onTestFinished, test } from "vitest";
import { OPERATIONS } from "../../lib/personas/index.ts";
import type { Services } from "../../lib/services.ts";
import { connectTo } from "../support/connected-workspace.ts";
import { listenOn, postMcp } from "../support/mcp.ts";
import { mcpMessage } from "../support/mcp-message.ts";
import { askable, questionsOf } from "../support/persona-requests.ts";
import { send, testServices, used } from "../support/services.ts";

type Called = { isError?: boolean; structuredContent?: Record<string, unknown>; content: { text?: string }[] };

async function connected(services: Services, limits: Partial<Record<string, number>> = {}) {
  const own = await askable(services, limits);
  const path = `/mcp/avatars/${own.persona.id}`;
  const resource = services.config.publicUrl + path;
  const { token } = await connectTo(services, own.id, { resource, scopes: ["personas:read"] });
  return { ...own, path, token };
}

function post(services: Services, path: string, token: string | null, method: string, params = {}): Promise<Response> {
  const { body, headers } = mcpMessage(method, params, "legacy");
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return send(services, path, { method: "POST", headers: { ...headers, ...authorization }, body });
}

test("the SDK's clients list the specification's three tools word for word, and ask, in both eras", async () => {
  const services = await testServices();
  const { id, path, token, persona } = await connected(services);
  const url = new URL(path, await listenOn(services));
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const v1 = new ClientV1({ name: "test", version: "1" });
  await v1.connect(new TransportV1(url, { requestInit }) as Parameters<typeof v1.connect>[0]);
  const v2 = new ClientV2({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
  await v2.connect(new TransportV2(url, { requestInit }));
  for (const client of [v1, v2 as unknown as typeof v1]) {
    onTestFinished(() => client.close());
    const { tools } = await client.listTools();
    expect(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))).toEqual(
      OPERATIONS.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    );
    const call = (name: string, given = {}) => client.callTool({ name, arguments: given }) as Promise<Called>;
    const { structuredContent } = await call("generate_response", { question: "Why is the salt tax unjust?" });
    expect(structuredContent).toMatchObject({ citations: [{ source: "on-salt" }] });
    const found = await call("query_corpus", { query: "the bridge at Wells", threshold: 0 });
    expect(found.content[0]?.text).toContain("built in 1742");
    expect((await call("get_avatar_info")).structuredContent).toMatchObject({ id: persona.slug, document_count: 1 });
  }
  await services.quotas.personas.close();
  expect(await used(services, id, "persona_requests")).toBe(6);
  expect(await used(services, id)).toBe(0);
});

test("a token is for one resource: /mcp, or one avatar", async () => {
  const services = await testServices();
  const { id, path, token } = await connected(services);
  const other = await connected(services);
  const mcp = await connectTo(services, id, { scopes: ["avatars:read", "personas:read"] });
  expect((await post(services, path, token, "tools/list")).status).toBe(200);
  for (const wrong of [mcp.token, other.token]) {
    const refused = await post(services, path, wrong, "tools/list");
    expect(refused.status).toBe(401);
    const challenge = refused.headers.get("www-authenticate");
    expect(challenge).toContain(`/.well-known/oauth-protected-resource${path}"`);
    expect(challenge).toContain('error="invalid_token"');
    expect(challenge).toContain('scope="personas:read"');
  }
  expect((await postMcp(services, token, "tools/list")).status).toBe(401);
  const stranger = await post(services, path, null, "tools/list");
  expect([stranger.status, stranger.headers.get("www-authenticate")]).toEqual([
    401,
    expect.not.stringContaining("error="),
  ]);
  expect((await post(services, "/mcp/avatars/per_1", null, "tools/list")).status).toBe(404);
  const metadata = await send(services, `/.well-known/oauth-protected-resource${path}`);
  expect(await metadata.json()).toMatchObject({
    resource: services.config.publicUrl + path,
    scopes_supported: ["personas:read"],
  });
});

test("a call without the scope, of another workspace's avatar, or with arguments that are none, costs nothing", async () => {
  const services = await testServices();
  const { id, path, token } = await connected(services, { persona_requests: 1 });
  const other = await connected(services);
  const resource = services.config.publicUrl + path;
  const call = (secret: string, name: string, given: object) =>
    post(services, path, secret, "tools/call", { name, arguments: given });
  const scopeless = await connectTo(services, id, { resource, scopes: ["offline_access"] });
  const refused = await call(scopeless.token, "get_avatar_info", {});
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
    403,
    expect.stringContaining('error="insufficient_scope"'),
  ]);
  // Whatever the token says: the avatar is looked for in the token's own workspace.
  const foreign = await connectTo(services, other.id, { resource, scopes: ["personas:read"] });
  expect((await call(foreign.token, "get_avatar_info", {})).status).toBe(404);
  const invalid = await (await call(token, "query_corpus", { query: 7 })).json();
  expect(invalid.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("query") }] });
  await services.quotas.personas.close();
  expect(await used(services, id, "persona_requests")).toBe(0);
  expect((await (await call(token, "get_avatar_info", {})).json()).result.isError).toBeUndefined();
  const spent = await (await call(token, "get_avatar_info", {})).json();
  expect(spent.result.content[0].text).toBe(
    "Monthly avatar quota exceeded for this workspace. Upgrade your plan or wait for the next cycle.",
  );
  expect((await questionsOf(services, id)).map(({ outcome, code }) => [outcome, code])).toEqual([
    ["blocked", "invalid_parameter"],
    ["answered", null],
    ["blocked", "quota_exceeded"],
  ]);
});
