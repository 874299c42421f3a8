/** The same function is mounted twice: in server.ts, ahead of Next, and in app/, for any host that runs Next. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { mintKey } from "../../lib/keys/format.ts";
import { openDatabase } from "../../lib/platform/db.ts";
import { embeddedLocation } from "../../lib/platform/embedded-database/location.ts";
import { connect } from "../support/connection.ts";
import { createOnServer } from "../support/database-server.ts";
import { type Installation, removeData, startInstallation } from "../support/installation.ts";
import { ERAS, mcpMessage } from "../support/mcp-message.ts";
import { type NextHost, startNextHost } from "../support/next-host.ts";
import { drawPhoto } from "../support/photos.ts";

const PUBLIC_URL = "https://avtrz.example";
const PERSON = "ada-lovelace";
let ours: Installation;
let nexts: NextHost;
let keys: { publishable: string; secret: string; fenced: string };
let picture: string;
let token: string;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const environment: Record<string, string> = { PUBLIC_URL, LOG_LEVEL: "silent" };
  if (inject("backend") === "postgres") {
    const database = await createOnServer();
    cleanUp.push(database.remove);
    environment["DATABASE_URL"] = database.url;
  }
  ours = await startInstallation({ environment });
  cleanUp.unshift(
    () => ours.stop(),
    () => removeData(ours),
  );
  nexts = await startNextHost({
    DATABASE_URL: embeddedLocation(ours.dataDirectory).url,
    ...environment,
    AVTRZ_DATA_DIR: ours.dataDirectory,
  });
  cleanUp.unshift(() => nexts.stop());

  const { id } = await ours.avtrz<{ id: string }>("org", "create", "Mounts");
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-photos-"));
  await writeFile(path.join(folder, `${PERSON}.jpg`), await drawPhoto());
  await ours.avtrz("people", "import", folder, "--org", id);
  await rm(folder, { recursive: true });
  const create = async (type: string, ...more: string[]) =>
    (await ours.avtrz<{ key: string }>("key", "create", "--org", id, "--type", type, ...more)).key;
  keys = {
    publishable: await create("publishable"),
    secret: await create("secret"),
    fenced: await create("publishable", "--domains", "app.example.com"),
  };
  const db = openDatabase(environment["DATABASE_URL"] ?? embeddedLocation(ours.dataDirectory).url, { connections: 1 });
  ({ token } = await connect(db.query, { organizationId: id, resource: `${PUBLIC_URL}/mcp` }));
  await db.close();
  const answer = await fetch(`${ours.url}/v1/avatar?key=${keys.publishable}&username=${PERSON}`, {
    redirect: "manual",
  });
  picture = answer.headers.get("location") ?? "";
  await answer.body?.cancel();
}, 120_000);

afterAll(async () => {
  for (const step of cleanUp) await step();
});

/** What belongs to one connection or one moment, and not to the answer. */
const OF_THE_MOMENT = new Set(["date", "connection", "keep-alive", "transfer-encoding", "content-length"]);
/** In every Vary of Next's, whatever a route says: its router's headers, and its compression's. */
const NEXT_VARY = /^(rsc|next-router-.+|accept-encoding)$/i;
const COUNTED = /^(x-request-id|ratelimit-remaining|ratelimit-reset)$/;

async function answerOf(base: string, target: string, init: RequestInit) {
  // Next compresses by itself, where a reverse proxy would; the bytes compared are those before that.
  const headersSent = { ...(init.headers as Record<string, string>), "accept-encoding": "identity" };
  const ask = () => fetch(base + target, { redirect: "manual", ...init, headers: headersSent });
  // Next alone may let go of a connection whose last body it refused half way; who had kept it asks again on another.
  const response = await ask().catch((error) => (base === nexts.url ? ask() : Promise.reject(error)));
  const headers = [...response.headers]
    .filter(([name]) => !OF_THE_MOMENT.has(name))
    .map(([name, value]) => [name, COUNTED.test(name) ? "…" : name === "vary" ? ownVary(value) : value])
    .filter(([, value]) => value !== "");
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: bytes.toString("latin1").replace(/req_[0-9a-z]{20,}/g, "req_…"),
  };
}

/** What a form of one of our pages sends. */
function form(body: string, headers: Record<string, string> = { origin: PUBLIC_URL }): RequestInit {
  return { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body };
}

function ownVary(value: string): string {
  return value
    .split(", ")
    .filter((name) => !NEXT_VARY.test(name))
    .join(", ");
}

type Asked = [target: string, init?: RequestInit];
const withKey = (key: string, more: Record<string, string> = {}) => ({ headers: { "x-api-key": key, ...more } });

const MCP_MESSAGES: [method: string, parameters: Record<string, unknown>][] = [
  ["tools/list", {}],
  ["resources/read", { uri: "ui://avtrz/profile-card-1.html" }],
  ["tools/call", { name: "get_profile_avatar", arguments: { username: PERSON } }],
  ["tools/call", { name: "get_profile", arguments: { username: "nobody-known" } }],
  ["tools/call", { name: "get_everything", arguments: {} }],
];

function requests(): Asked[] {
  const { publishable, secret, fenced } = keys;
  const json = { "content-type": "application/json", "x-api-key": publishable };
  const bearer = { authorization: `Bearer ${token}` };
  const people = { people: [{ username: PERSON }, { username: "nobody-known" }, {}] };
  return [
    [`/v1/avatar?key=${publishable}&username=${PERSON}&size=64`],
    [`/v1/avatar?username=${PERSON}&format=png`, withKey(secret)],
    [`/v1/avatar?key=${publishable}&username=${PERSON}`, { headers: { accept: "image/avif,image/*" } }],
    [`/v1/avatar?key=${publishable}&username=nobody-known&name=Ada%20%26%20%D0%9B`],
    [`/v1/avatar?key=${publishable}&username=nobody-known&format=jpeg`],
    [`/v1/avatar?key=${publishable}&username=nobody-known&fallback=404`],
    [`/v1/avatar?key=${publishable}&linkedin_url=https%3A%2F%2Fwww.linkedin.com%2Fin%2F${PERSON}%2F%3Fx%3D1`],
    [`/v1/avatar?key=${publishable}`],
    [`/v1/avatar?key=${publishable}&username=a-b-c&username=d-e-f`],
    [`/v1/avatar?key=${publishable}&username=%ff%zz`],
    ["/v1/avatar?username=a-b-c"],
    ["/v1/avatar?username=a-b-c", { headers: { accept: "image/webp,image/*" } }],
    [`/v1/avatar?key=${mintKey("secret")}&username=a-b-c`],
    [`/v1/avatar?key=${fenced}&username=${PERSON}`],
    [`/v1/avatar?key=${fenced}&username=${PERSON}`, { headers: { origin: "https://app.example.com" } }],
    [`/v1/avatar?key=${publishable}&username=${PERSON}`, { method: "HEAD" }],
    ["/v1/avatar", { method: "OPTIONS", headers: { origin: "https://app.example.com" } }],
    ["/v1/avatar", { method: "DELETE" }],
    ["/v1/avatars", { method: "POST", headers: json, body: JSON.stringify(people) }],
    ["/v1/avatars", { method: "POST", headers: json, body: "{" }],
    ["/v1/avatars", { method: "POST", headers: { "x-api-key": publishable }, body: "x" }],
    ["/v1/avatars", { method: "POST", headers: json, body: " ".repeat(600 * 1024) }],
    ["/v1/avatars", withKey(publishable)],
    [`/v1/profile?username=${PERSON}`, withKey(secret)],
    ["/v1/profile?username=nobody-known", withKey(secret)],
    [`/v1/profile?username=${PERSON}`, withKey(publishable)],
    ["/v1/usage", withKey(secret)],
    ["/v1/personas", withKey(publishable)],
    ["/v1/personas/nobody", withKey(secret)],
    ["/v1/personas/nobody", { ...withKey(secret), method: "DELETE" }],
    ["/v1/personas/nobody/sources?file_name=a.md", { ...withKey(secret), method: "POST", body: "x" }],
    ["/v1/personas/nobody/sources", withKey(secret)],
    ["/v1/usage?month=1", withKey(secret)],
    [picture],
    [picture.replace(/\d+\.webp/, "32.avif")],
    [picture, { headers: { "if-none-match": "*" } }],
    [picture, { method: "HEAD" }],
    [picture, { method: "PUT" }],
    [`/cdn/${"0".repeat(64)}/128.webp`],
    ["/cdn/nothing/here.webp"],
    ["/healthz"],
    ["/readyz"],
    ["/readyz", { method: "POST" }],
    ["/api/docs/openapi"],
    ["/docs/quickstart.md"],
    ["/docs/mcp/tools.md"],
    ["/docs/nothing.md"],
    ["/docs/quickstart.md", { method: "DELETE" }],
    ["/llms.txt"],
    ["/llms-full.txt", { method: "HEAD" }],
    ["/api/leaked-keys"],
    ["/api/leaked-keys", { method: "POST", body: "[]" }],
    ["/api/auth/session"],
    ["/api/auth/callback/email?token=x&email=a%40example.com&next=%2Finvite%2Fx"],
    ["/api/auth/signin/email", form("email=nobody&next=%2Fworkspaces")],
    ["/api/auth/callback/email", form("token=x&email=a%40example.com")],
    ["/api/auth/callback/email", form("token=x", { origin: "https://evil.example" })],
    ["/api/auth/signout", form("form_token=x")],
    ["/workspaces/org_x/invite", form("role=member")],
    ["/workspaces/org_x/nothing", form("")],
    ["/uploads/org_x/people", { method: "POST", body: "x" }],
    ["/uploads/org_x/nothing", { method: "POST", headers: { accept: "text/html" }, body: "x" }],
    ["/uploads/org_x/people", { headers: { accept: "text/html" } }],
    ["/invite/accept", form("token=x")],
    ["/invite/accept", { method: "PUT" }],
    ["/mcp"],
    ["/mcp", { method: "OPTIONS" }],
    ["/mcp", { method: "DELETE" }],
    ["/mcp", { method: "POST", body: "{}" }],
    ["/mcp", { method: "POST", body: "{}", headers: { origin: "https://evil.example" } }],
    ["/mcp", { method: "POST", body: "{", headers: { "content-type": "application/json", ...bearer } }],
    ["/mcp", { method: "POST", body: "{}", headers: { "content-type": "text/plain", ...bearer } }],
    ...ERAS.flatMap((era) =>
      MCP_MESSAGES.map(([method, parameters]): Asked => {
        const { headers, body } = mcpMessage(method, parameters, era);
        return ["/mcp", { method: "POST", body, headers: { ...headers, ...bearer } }];
      }),
    ),
    ...oauthRequests(),
  ];
}

function oauthRequests(): Asked[] {
  const formOf = (fields: Record<string, string>, more: Record<string, string> = {}) => ({
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...more },
    body: new URLSearchParams(fields).toString(),
  });
  return [
    ["/.well-known/oauth-authorization-server"],
    ["/.well-known/oauth-authorization-server/mcp", { headers: { origin: "https://client.example" } }],
    ["/.well-known/oauth-authorization-server/other"],
    ["/.well-known/oauth-protected-resource"],
    ["/.well-known/oauth-protected-resource/mcp", { method: "HEAD" }],
    ["/.well-known/openid-configuration"],
    ["/.well-known/openid-configuration/mcp"],
    ["/oauth/authorize"],
    ["/oauth/authorize?client_id=cli_00000000000000000000000000&redirect_uri=https%3A%2F%2Fevil.example%2F"],
    ["/oauth/authorize", { method: "DELETE" }],
    ["/oauth/authorize/decision"],
    ["/oauth/authorize/decision", formOf({ decision: "allow" })],
    ["/oauth/token"],
    ["/oauth/token", { method: "OPTIONS", headers: { origin: "https://client.example" } }],
    ["/oauth/token", formOf({ grant_type: "refresh_token", client_id: "nobody", refresh_token: "x" })],
    ["/oauth/token", formOf({ grant_type: "refresh_token" }, { authorization: "Basic eDp5" })],
    ["/oauth/token?client_id=x", formOf({})],
    ["/oauth/token", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }],
    ["/oauth/register", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }],
    ["/oauth/register", { method: "POST", headers: { "content-type": "application/json" }, body: " ".repeat(70_000) }],
    ["/oauth/revoke", formOf({ client_id: "nobody", token: "x" })],
    ["/oauth/revoke", formOf({})],
  ];
}

test("both mounts answer every request with the same status, headers and body", async () => {
  for (const [target, init = {}] of requests()) {
    const asked = `${init.method ?? "GET"} ${target}`;
    const hot = await answerOf(ours.url, target, init);
    expect.soft(await answerOf(nexts.url, target, init), asked).toEqual(hot);
    expect(hot.status, asked).toBeLessThan(500);
  }
});

test("neither mount lets the Host header or a forwarded one into what it answers", async () => {
  const forged = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
  for (const { url } of [ours, nexts]) {
    const answer = await rawRequest("GET", `${url}/api/docs/openapi`, forged);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer)).not.toContain("evil.example");
    expect(answer.body).toContain(PUBLIC_URL);
  }
});

test("H-OAUTH-23 the consent page cannot be framed, and lets browsers say where its form came from", async () => {
  for (const { url } of [ours, nexts]) {
    const answer = await fetch(`${url}/oauth/authorize/areq_${"0".repeat(26)}`, { redirect: "manual" });
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("content-security-policy")).not.toContain("form-action");
    expect(answer.headers.get("referrer-policy")).toBe("same-origin");
    await answer.body?.cancel();
  }
});

test("a method that a web Request cannot hold is refused by our server, not a fault of it", async () => {
  expect((await rawRequest("TRACE", `${ours.url}/v1/avatar`)).status).toBe(405);
});

/** For what fetch does not send. */
function rawRequest(
  method: string,
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; headers: object; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, async (message) => {
      let body = "";
      for await (const chunk of message) body += chunk;
      resolve({ status: message.statusCode, headers: message.headers, body });
    })
      .on("error", reject)
      .end();
  });
}
