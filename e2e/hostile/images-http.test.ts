import http, { createServer } from "node:http";
import net from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { photoWork } from "../../lib/avatars/photos/index.ts";
import { sendResponse, toRequest } from "../../lib/http/index.ts";
import { findMount } from "../../lib/mounts.ts";
import { setUpEnrichment } from "../support/enrichment.ts";
import { type Loopback, listen } from "../support/loopback.ts";
import { drawPhoto } from "../support/photos.ts";
import { getAvatar, ledgerOf, newUsername, used, workspace } from "../support/services.ts";

const parts = setUpEnrichment();
let server: Loopback;
let origin: string;
let person: string;

beforeAll(async () => {
  const answering = createServer(async (message, response) => {
    const mount = findMount((message.url ?? "").split("?")[0] ?? "");
    if (!mount) return void response.writeHead(404).end();
    const request = toRequest(message, response, parts.web.config.publicUrl);
    await sendResponse(await mount(request, parts.web), response, false);
  });
  server = await listen(answering);
  origin = `http://127.0.0.1:${server.port}`;
  person = newUsername("hot");
  parts.unipile.set(person, { kind: "found" });
  parts.unipile.setPhoto(person, { bytes: await drawPhoto() });
  expect((await parts.settled(person)).status).toBe(302);
});

afterAll(() => server?.stop());

/** Status, headers and bytes, without what counts or names this very request. */
async function get(path: string, headers: http.OutgoingHttpHeaders = {}) {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(`${origin}${path}`, { headers, agent: false }, resolve).on("error", reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const changing = ["date", "x-request-id", "ratelimit-remaining", "ratelimit-reset", "x-quota-remaining"];
  const kept = Object.entries(response.headers).filter(([name]) => !changing.includes(name));
  return {
    status: response.statusCode,
    headers: Object.fromEntries(kept) as Record<string, string>,
    body: Buffer.concat(chunks).toString("base64"),
  };
}

describe("H-IMG-88: what a shared cache may keep depends on the address alone, or on what Vary names", () => {
  const UNKEYED: Record<string, string>[] = [
    { host: "evil.example" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "x-forwarded-port": "81" },
    { "x-original-url": "/cdn/x", "x-rewrite-url": "/healthz" },
    { rsc: "1", "next-router-prefetch": "1", "next-router-state-tree": "[]" },
    { "x-nextjs-data": "1", "x-invoke-path": "/_error", "x-invoke-status": "500" },
    { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
    { "x-http-method-override": "DELETE", "x-forwarded-for": "10.0.0.1" },
    { origin: "https://evil.example", referer: "https://evil.example/", cookie: "a=b" },
    { range: "bytes=0-3", "accept-encoding": "br", "accept-language": "xx", "user-agent": "<script>" },
  ];
  const HOT = { accept: "image/avif,image/webp,*/*" };

  test("a redirect and a picture are the same with every header that no cache looks at", async () => {
    const path = `/v1/avatar?key=${parts.home.key}&username=${person}&size=64`;
    const redirect = await get(path, HOT);
    expect(redirect).toMatchObject({
      status: 302,
      headers: { "cache-control": "public, max-age=86400", vary: "Accept" },
    });
    const location = redirect.headers.location ?? "";
    const picture = await get(location, HOT);
    expect(picture.status).toBe(200);
    for (const headers of UNKEYED) {
      expect(await get(path, { ...HOT, ...headers }), JSON.stringify(headers)).toEqual(redirect);
      expect(await get(location, { ...HOT, ...headers }), JSON.stringify(headers)).toEqual(picture);
    }
    // A picture's address names its format: Accept has no say.
    expect(await get(location, { accept: "text/html" })).toEqual(picture);
  });

  test("a format that was asked for by name does not vary; another Accept is another redirect under Vary", async () => {
    const path = `/v1/avatar?key=${parts.home.key}&username=${person}`;
    const named = await get(`${path}&format=png`, HOT);
    expect(named.headers.vary).toBeUndefined();
    expect(await get(`${path}&format=png`, { accept: "image/jpeg" })).toEqual(named);
    const jpeg = await get(path, { accept: "image/jpeg" });
    expect([jpeg.headers.vary, jpeg.headers.location?.endsWith(".jpeg")]).toEqual(["Accept", true]);
  });

  test("the order of parameters changes nothing, and one given twice is refused in every spelling", async () => {
    const { key } = parts.home;
    const one = await get(`/v1/avatar?key=${key}&username=${person}&size=64`, HOT);
    expect(await get(`/v1/avatar?size=64&username=${person}&key=${key}`, HOT)).toEqual(one);
    for (const twice of [
      "size=64&size=512",
      "size=64&size=64",
      "size=64&s%69ze=512",
      `key=${key}&size=64`,
      `username=${person}`,
    ]) {
      const refused = await get(`/v1/avatar?key=${key}&username=${person}&${twice}`, HOT);
      expect([refused.status, refused.headers["x-error-code"], refused.headers["cache-control"]], twice).toEqual([
        400,
        "repeated_parameter",
        "no-store",
      ]);
    }
    const location = one.headers.location ?? "";
    expect(await get(`${location}?size=512&size=32&_rsc=x`, HOT)).toEqual(await get(location, HOT));
  });

  test("private answers are marked so: a key in a header, a key with domains, art, and every refusal", async () => {
    const { key: bound } = await parts.home.mint("publishable", ["app.example"]);
    const target = `/v1/avatar?username=${person}`;
    const byHeader = await get(target, { "x-api-key": parts.home.key });
    const byDomain = await get(`${target}&key=${bound}`, { origin: "https://app.example" });
    for (const answer of [byHeader, byDomain])
      expect([answer.status, answer.headers["cache-control"]]).toEqual([302, "private, max-age=86400"]);
    for (const path of [
      target,
      `${target}&key=${bound}`,
      "/cdn/nothing",
      `/cdn/${"0".repeat(64)}/64.webp`,
      `${target}&key=${parts.home.key}&x=1`,
    ]) {
      const refused = await get(path);
      expect(refused.status, path).toBeGreaterThanOrEqual(400);
      expect(refused.headers["cache-control"], path).toBe("no-store");
    }
  });
});

describe("H-IMG-89: a client that goes away", () => {
  const STAGES: [string, (path: string) => string, number][] = [
    ["after connecting", () => "", 0],
    ["in the middle of its headers", (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\nX-`, 0],
    ["as soon as it has asked", (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, 0],
    ["at the first byte of the answer", (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, 1],
    [
      "in the middle of its body",
      () => "POST /v1/avatars HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{",
      0,
    ],
  ];

  test.each(STAGES)("%s leaves no socket, no work and no half-told row behind", async (_stage, request, bytes) => {
    const { id, key } = await workspace(parts.web);
    const before = server.accepted();
    const clients = Array.from({ length: 40 }, () => {
      const socket = net.connect(server.port, "127.0.0.1").on("error", () => {});
      const path = `/v1/avatar?key=${key}&username=${newUsername("gone")}&format=png`;
      socket.once("connect", () =>
        socket.write(request(path), () => bytes === 0 && setImmediate(() => socket.resetAndDestroy())),
      );
      if (bytes > 0) socket.once("data", () => socket.resetAndDestroy());
      return new Promise((resolve) => socket.once("close", resolve));
    });
    await Promise.all(clients);
    await vi.waitFor(() => {
      expect(server.accepted()).toBe(before + 40);
      expect(server.open()).toBe(0);
      expect(photoWork.load).toEqual({ running: 0, waiting: 0 });
    }, 10_000);
    // A request that came in whole is answered and charged whether anybody stays to hear it; others cost nothing.
    await vi.waitFor(async () => {
      const rows = await ledgerOf(parts.web, id);
      expect(rows.filter((row) => row.outcome === "pending")).toEqual([]);
      expect(await used(parts.web, id)).toBe(rows.length);
    }, 10_000);
    expect((await getAvatar(parts.web, { key, username: person })).status).toBe(302);
  });

  test("while its person is looked up changes nothing: the photo is there for the next one", async () => {
    const username = newUsername("slow");
    parts.unipile.set(username, { kind: "slow", afterMs: 300 });
    const path = `/v1/avatar?key=${parts.home.key}&username=${username}`;
    const asked = http.get(`${origin}${path}`, { agent: false }).on("error", () => {});
    await vi.waitFor(() => expect(parts.unipile.calls.some((call) => call.identifier === username)).toBe(true), 5_000);
    asked.destroy();
    expect((await parts.settled(username)).status).toBe(302);
    await vi.waitFor(() => expect(parts.unipile.open()).toBe(0));
  });
});
