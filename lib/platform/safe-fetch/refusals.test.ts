import http from "node:http";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type FakeInternet, startFakeInternet } from "../../../e2e/support/fake-internet.ts";
import { type Loopback, listen } from "../../../e2e/support/loopback.ts";
import { createSafeFetch } from "../safe-fetch.ts";

const PUBLIC = "93.184.216.200";
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

let internet: FakeInternet;
let secret: Loopback;
const requests: string[] = [];

beforeAll(async () => {
  internet = startFakeInternet();
  secret = await listen(
    http.createServer((request, response) => {
      requests.push(request.url ?? "");
      response.end("secret");
    }),
  );
});

afterAll(async () => {
  await Promise.all([internet.stop(), secret.stop()]);
});

describe("where requests may go", () => {
  test.each([
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "127.1",
    "0177.0.0.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "169.254.169.254",
    "１２７.0.0.1",
  ])("H-IMG-82: the private literal %s is refused before anything is sent", async (host) => {
    const outbound = createSafeFetch({ allowPrivateHosts: [] });
    const before = secret.accepted();

    const failure = outbound.fetch(`https://${host}:${secret.port}/`, { deadline: 2_000 });

    await expect(failure).rejects.toMatchObject({ kind: "refused_address" });
    expect(secret.accepted()).toBe(before);
  });

  test("H-IMG-82: a name of which any address is private is refused before anything is sent", async () => {
    internet.names.set("mixed.example", [PUBLIC, "10.0.0.7"]);
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });

    const failure = outbound.fetch("https://mixed.example/", { deadline: 2_000 });

    await expect(failure).rejects.toMatchObject({ kind: "refused_address", host: "mixed.example" });
    expect(internet.dialed).toEqual([]);
  });

  test("H-IMG-82: localhost is refused through the system's own resolver", async () => {
    const outbound = createSafeFetch({ allowPrivateHosts: [] });

    const failure = outbound.fetch(`https://localhost:${secret.port}/`, { deadline: 2_000 });

    await expect(failure).rejects.toMatchObject({ kind: "refused_address" });
  });

  test("H-CIMD-42: a name that is public once and 127.0.0.1 then is refused the second time, and asked once a request", async () => {
    let questions = 0;
    const site = await internet.site("rebinding.example", (_request, response) => response.end("public"));
    internet.names.set("rebinding.example", (question) => {
      questions++;
      return question === 0 ? [site.address] : ["127.0.0.1"];
    });
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });

    const first = await outbound.fetch("https://rebinding.example/", { deadline: 2_000 });
    expect(text(first.bytes)).toBe("public");
    expect(questions).toBe(1);

    const second = outbound.fetch("https://rebinding.example/", { deadline: 2_000 });
    await expect(second).rejects.toMatchObject({ kind: "refused_address" });
    expect(internet.dialed).not.toContain("127.0.0.1");
  });

  test("H-CIMD-42: a socket that ends at a private peer after all is closed before its first byte", async () => {
    const received: Buffer[] = [];
    const server = http.createServer();
    server.on("connection", (socket) => socket.on("data", (data: Buffer) => received.push(data)));
    const inner = await listen(server);
    internet.names.set("tunnel.example", [PUBLIC]);
    internet.route(PUBLIC, inner.port, "127.0.0.1");
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });

    const failure = outbound.fetch("https://tunnel.example/", { deadline: 2_000 });

    await expect(failure).rejects.toMatchObject({ kind: "refused_address" });
    await vi.waitFor(() => expect(inner.open()).toBe(0));
    expect(received).toEqual([]);
    await inner.stop();
  });

  test.each([
    "http://93.184.216.34/",
    "file:///etc/passwd",
    "ftp://93.184.216.34/",
    "data:text/plain,x",
    "gopher://a/",
  ])("H-IMG-82: %s is refused for its scheme", async (url) => {
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });
    await expect(outbound.fetch(url, { deadline: 2_000 })).rejects.toMatchObject({ kind: "refused_scheme" });
  });

  test.each(["", "not a url", "https://", "https://[::1", "//host/"])("%j is refused", async (url) => {
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });
    await expect(outbound.fetch(url, { deadline: 2_000 })).rejects.toMatchObject({ kind: "refused_address" });
  });

  test("an allowed host:port may be private and http; another port of it, or another name for it, may not", async () => {
    const outbound = createSafeFetch({ allowPrivateHosts: [`127.0.0.1:${secret.port}`] });
    const other = await listen(http.createServer());

    const answer = await outbound.fetch(`http://127.0.0.1:${secret.port}/here`, { deadline: 2_000 });
    expect(text(answer.bytes)).toBe("secret");

    const otherPort = outbound.fetch(`http://127.0.0.1:${other.port}/`, { deadline: 2_000 });
    await expect(otherPort).rejects.toMatchObject({ kind: "refused_scheme" });
    const otherName = outbound.fetch(`https://localhost:${secret.port}/`, { deadline: 2_000 });
    await expect(otherName).rejects.toMatchObject({ kind: "refused_address" });
    await other.stop();
  });

  test("an allowed host may be a name or an IPv6 literal, in any case", async () => {
    const outbound = createSafeFetch({ allowPrivateHosts: [` LocalHost:${secret.port} `, "[0:0::1]:1"] });

    const answer = await outbound.fetch(`http://localhost:${secret.port}/`, { deadline: 2_000 });
    expect(answer.status).toBe(200);
    const other = outbound.fetch("http://[::1]:2/", { deadline: 2_000 });
    await expect(other).rejects.toMatchObject({ kind: "refused_scheme" });
    const literal = outbound.fetch("http://[::1]:1/", { deadline: 2_000 });
    await expect(literal).rejects.toMatchObject({ kind: "network" });
  });

  test.each(["127.0.0.1", "http://host:80", "user@host:80", "host:80/path", "host:99999", ":80", ""])(
    "%j is no entry for the allowed hosts, and says so at the start",
    (entry) => {
      expect(() => createSafeFetch({ allowPrivateHosts: [entry] })).toThrow("AVTRZ_ALLOW_PRIVATE_HOSTS");
    },
  );
});
