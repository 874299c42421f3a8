import http from "node:http";
import net from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Loopback, listen } from "../../../e2e/support/loopback.ts";
import { createSafeFetch } from "../safe-fetch.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n";
const servers: Loopback[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** A server that says hello and then does what it likes with the connection. */
async function raw(behave: (socket: net.Socket) => void): Promise<Loopback & { url: string; hosts: string[] }> {
  const server = await listen(net.createServer((socket) => void socket.once("data", () => behave(socket))));
  servers.push(server);
  return { ...server, url: `http://127.0.0.1:${server.port}/`, hosts: [`127.0.0.1:${server.port}`] };
}

/** Writes a beginning, then one piece again and again until the peer is gone. */
function drip(socket: net.Socket, start: string, piece: string, everyMs: number) {
  socket.write(start);
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.on("close", () => clearInterval(timer));
}

const SLOW: [string, (socket: net.Socket) => void][] = [
  ["says nothing", () => {}],
  ["never ends its headers", (socket) => drip(socket, HEAD, "X-A: b\r\n", 20)],
  ["sends its status line letter by letter", (socket) => drip(socket, "HTTP/1.1 200 O", "h", 20)],
  ["sends 1xx after 1xx", (socket) => drip(socket, "", "HTTP/1.1 103 Early Hints\r\n\r\n", 20)],
  ["sends a body byte by byte", (socket) => drip(socket, `${HEAD}Content-Length: 9999\r\n\r\n`, "x", 20)],
  ["sends 200 and then nothing", (socket) => void socket.write(`${HEAD}Content-Length: 9999\r\n\r\n`)],
  ["sends a chunk and no end", (socket) => void socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`)],
  ["never ends a redirect's headers", (socket) => drip(socket, "HTTP/1.1 302 Found\r\n", "X: y\r\n", 20)],
];

describe("the one deadline of a request", () => {
  test.each(SLOW)("H-IMG-81: cuts off a server that %s, and closes the socket", async (_what, behave) => {
    const server = await raw(behave);
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });
    const start = performance.now();

    const failure = outbound.fetch(server.url, { deadline: 200 });

    await expect(failure).rejects.toMatchObject({ kind: "timeout", host: new URL(server.url).host });
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(outbound.inFlight()).toBe(0);
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  test("H-IMG-81: an endless body is cut off at its cap, long before the deadline", async () => {
    const server = await raw((socket) => {
      socket.write(`${HEAD}\r\n`);
      const pour = () => {
        while (socket.writable && socket.write("x".repeat(65_536)));
      };
      socket.on("drain", pour);
      pour();
    });
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });

    const failure = outbound.fetch(server.url, { deadline: 10_000, maxBytes: 300_000 });

    await expect(failure).rejects.toMatchObject({ kind: "too_large" });
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  test("H-IMG-81: endless headers are cut off at 16 KB", async () => {
    const server = await raw((socket) => {
      socket.write(HEAD);
      while (socket.writable && socket.write(`X-Filler: ${"x".repeat(1_000)}\r\n`));
    });
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });

    const failure = outbound.fetch(server.url, { deadline: 5_000 });

    await expect(failure).rejects.toMatchObject({ kind: "network", code: "UND_ERR_HEADERS_OVERFLOW" });
  });

  test("H-IMG-81: it counts over all redirects together", async () => {
    const hops = http.createServer((request, response) => {
      setTimeout(() => response.writeHead(302, { location: `${request.url}1` }).end(), 150);
    });
    const server = await listen(hops);
    servers.push(server);
    const outbound = createSafeFetch({ allowPrivateHosts: [`127.0.0.1:${server.port}`] });

    const failure = outbound.fetch(`http://127.0.0.1:${server.port}/`, { deadline: 400 });

    await expect(failure).rejects.toMatchObject({ kind: "timeout" });
    expect(server.accepted()).toBe(3);
  });

  test("H-IMG-81: it covers a name server that does not answer", async () => {
    const outbound = createSafeFetch({ allowPrivateHosts: [], lookup: () => new Promise(() => {}) });

    const failure = outbound.fetch("https://silent.example/", { deadline: 100 });

    await expect(failure).rejects.toMatchObject({ kind: "timeout", host: "silent.example" });
    expect(outbound.inFlight()).toBe(0);
  });

  test("H-IMG-81: it covers a host that does not accept the connection, and a TLS handshake that stalls", async () => {
    const stalled = await raw(() => {});
    const silent = createSafeFetch({ allowPrivateHosts: stalled.hosts, dial: () => new net.Socket() });
    await expect(silent.fetch(stalled.url, { deadline: 100 })).rejects.toMatchObject({ kind: "timeout" });

    const outbound = createSafeFetch({ allowPrivateHosts: stalled.hosts });
    const failure = outbound.fetch(stalled.url.replace("http:", "https:"), { deadline: 200 });
    await expect(failure).rejects.toMatchObject({ kind: "timeout" });
    await vi.waitFor(() => expect(stalled.open()).toBe(0));
  });

  test("H-IMG-81: a signal's time-out is a time-out too", async () => {
    const server = await raw(() => {});
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });

    const failure = outbound.fetch(server.url, { deadline: AbortSignal.timeout(100) });

    await expect(failure).rejects.toMatchObject({ kind: "timeout" });
  });
});

const STAGES: [string, (socket: net.Socket) => void][] = [
  ["waits for the headers", () => {}],
  ["reads the headers", (socket) => void socket.write(HEAD)],
  ["reads the body", (socket) => drip(socket, `${HEAD}Content-Length: 999999\r\n\r\n`, "x", 10)],
  [
    "decodes the body",
    (socket) =>
      void socket.write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: 9999\r\n\r\n\x1f\u008b\x08`, "latin1"),
  ],
];

describe("callers that give up", () => {
  test.each(STAGES)("H-IMG-89: while it %s: the socket closes and nothing stays in flight", async (_what, behave) => {
    const server = await raw(behave);
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 80);

    const failure = outbound.fetch(server.url, { deadline: caller.signal });
    expect(outbound.inFlight()).toBe(1);

    await expect(failure).rejects.toMatchObject({ kind: "aborted" });
    expect(outbound.inFlight()).toBe(0);
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  test("H-IMG-89: while a name is resolved or a connection is made", async () => {
    const caller = new AbortController();
    const sockets: net.Socket[] = [];
    const dial = () => {
      const socket = new net.Socket();
      sockets.push(socket);
      return socket;
    };
    const resolving = createSafeFetch({ allowPrivateHosts: [], lookup: () => new Promise(() => {}) });
    const connecting = createSafeFetch({ allowPrivateHosts: [], dial });
    setTimeout(() => caller.abort(), 50);

    const failures = [
      resolving.fetch("https://silent.example/", { deadline: caller.signal }),
      connecting.fetch("https://93.184.216.34/", { deadline: caller.signal }),
    ];

    for (const failure of failures) await expect(failure).rejects.toMatchObject({ kind: "aborted" });
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });

  test("H-IMG-89: before the start: nothing is sent", async () => {
    const server = await raw(() => {});
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });

    const failure = outbound.fetch(server.url, { deadline: AbortSignal.abort() });

    await expect(failure).rejects.toMatchObject({ kind: "aborted" });
    expect(server.accepted()).toBe(0);
  });

  test("H-IMG-89: a hundred at once leave no socket, no timer and no listener behind", async () => {
    const server = await raw((socket) => void socket.write(HEAD));
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });
    const caller = new AbortController();
    const removed = vi.spyOn(caller.signal, "removeEventListener");
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

    const failures = Array.from({ length: 100 }, () => outbound.fetch(server.url, { deadline: caller.signal }));
    const settled = Promise.allSettled(failures);
    await vi.waitFor(() => expect(server.open()).toBe(100));
    expect(outbound.inFlight()).toBe(100);
    caller.abort();
    await settled;

    expect(outbound.inFlight()).toBe(0);
    expect(removed).toHaveBeenCalledTimes(100);
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBeLessThan(timers + 10);
  });

  test("H-IMG-89: closing ends what is under way and takes nothing new", async () => {
    const server = await raw(() => {});
    const outbound = createSafeFetch({ allowPrivateHosts: server.hosts });
    const failure = outbound.fetch(server.url, { deadline: 10_000 });
    const settled = Promise.allSettled([failure]);
    await vi.waitFor(() => expect(server.open()).toBe(1));

    await outbound.close();

    expect(outbound.inFlight()).toBe(0);
    await settled;
    await expect(failure).rejects.toMatchObject({ kind: "aborted" });
    await expect(outbound.fetch(server.url, { deadline: 1_000 })).rejects.toMatchObject({ kind: "aborted" });
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });
});
