import http from "node:http";
import net from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createAuthority } from "../../../e2e/support/certificates.ts";
import { type FakeInternet, startFakeInternet } from "../../../e2e/support/fake-internet.ts";
import { type Loopback, listen } from "../../../e2e/support/loopback.ts";
import { createSafeFetch, isOutboundError } from "../safe-fetch.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const servers: Loopback[] = [];
let internet: FakeInternet;

beforeAll(() => {
  internet = startFakeInternet();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

afterAll(() => internet.stop());

/** One request to a private server, which answers as given. */
async function ask(answer: http.RequestListener | net.Server, options: { maxBytes?: number; method?: "HEAD" } = {}) {
  const server = await listen(typeof answer === "function" ? http.createServer(answer) : answer);
  servers.push(server);
  const host = `127.0.0.1:${server.port}`;
  return createSafeFetch({ allowPrivateHosts: [host] }).fetch(`http://${host}/`, { deadline: 5_000, ...options });
}

const raw = (answer: string) =>
  net.createServer((socket) => void socket.once("data", () => void socket.end(answer, "latin1")));

describe("what servers do wrong", () => {
  test.each([404, 429, 500, 503])("H-IMG-83: status %i is an answer, with its headers and body", async (status) => {
    const answer = await ask((_request, response) => response.writeHead(status, { "retry-after": "7" }).end("why"));

    expect(answer).toMatchObject({ status });
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(text(answer.bytes)).toBe("why");
  });

  test.each([
    ["resets before its headers", (socket: net.Socket) => socket.resetAndDestroy()],
    ["ends before its headers", (socket: net.Socket) => socket.end()],
    ["resets in the middle of its body", (socket: net.Socket) => resetAfter(socket, "Content-Length: 100\r\n\r\nhalf")],
    ["ends in the middle of its body", (socket: net.Socket) => endAfter(socket, "Content-Length: 100\r\n\r\nhalf")],
    [
      "ends in the middle of a chunk",
      (socket: net.Socket) => endAfter(socket, "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"),
    ],
    ["does not speak HTTP", (socket: net.Socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")],
    ["sends two lengths", (socket: net.Socket) => endAfter(socket, "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx")],
  ])("H-IMG-83: a server that %s is a network failure, never half an answer", async (_what, behave) => {
    const failure = ask(net.createServer((socket) => void socket.once("data", () => behave(socket))));

    await expect(failure).rejects.toMatchObject({ kind: "network" });
  });

  test("H-IMG-83: a name that does not exist is a dns failure, with the resolver's code", async () => {
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });

    await expect(outbound.fetch("https://nobody.example/", { deadline: 2_000 })).rejects.toMatchObject({
      kind: "dns",
      code: "ENOTFOUND",
    });
  });

  test("H-IMG-83: a name without addresses is a dns failure, and a refused connection a network failure", async () => {
    internet.names.set("empty.example", []);
    internet.names.set("down.example", ["93.184.216.250"]);
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });

    await expect(outbound.fetch("https://empty.example/", { deadline: 2_000 })).rejects.toMatchObject({ kind: "dns" });
    await expect(outbound.fetch("https://down.example/", { deadline: 2_000 })).rejects.toMatchObject({
      kind: "network",
    });
  });

  test.each(["", "0"])(
    "H-IMG-83: certificates are checked, whatever NODE_TLS_REJECT_UNAUTHORIZED=%s says",
    async (off) => {
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", off);
      const { authority } = internet;
      const yesterday = {
        notBefore: new Date(Date.now() - 2 * 86_400_000),
        notAfter: new Date(Date.now() - 86_400_000),
      };
      const stranger = createAuthority("A stranger").issue("stranger.example");
      await internet.site("good.example", (_request, response) => response.end("good"));
      await internet.site("expired.example", () => {}, authority.issue("expired.example", yesterday));
      await internet.site("wrong-name.example", () => {}, authority.issue("right-name.example"));
      await internet.site("stranger.example", () => {}, stranger);
      const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });
      const codeFor = (host: string) =>
        outbound.fetch(`https://${host}/`, { deadline: 2_000 }).catch((error: unknown) => {
          return isOutboundError(error) ? `${error.kind} ${error.code}` : error;
        });

      expect(await codeFor("expired.example")).toBe("tls CERT_HAS_EXPIRED");
      expect(await codeFor("wrong-name.example")).toBe("tls ERR_TLS_CERT_ALTNAME_INVALID");
      expect(await codeFor("stranger.example")).toBe("tls UNABLE_TO_VERIFY_LEAF_SIGNATURE");
      expect(await codeFor("good.example")).toMatchObject({ status: 200 });

      const trusting = createSafeFetch({ ...internet, allowPrivateHosts: ["stranger.example:443"] });
      await expect(trusting.fetch("https://stranger.example/", { deadline: 2_000 })).rejects.toMatchObject({
        kind: "tls",
      });
    },
  );

  test.each(["HTTP/1.1 200 OK\r\n\r\n", ""])(
    "H-IMG-83: %j in answer to a handshake is a tls failure",
    async (answer) => {
      const server = await listen(raw(answer));
      servers.push(server);
      const host = `127.0.0.1:${server.port}`;
      const outbound = createSafeFetch({ allowPrivateHosts: [host] });

      await expect(outbound.fetch(`https://${host}/`, { deadline: 2_000 })).rejects.toMatchObject({ kind: "tls" });
    },
  );

  test("a failure names the host and nothing else of the address", async () => {
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });
    const url = "https://user:password@nobody.example/path-secret?api_key=query-secret#fragment-secret";

    const failure: unknown = await outbound.fetch(url, { deadline: 1_000 }).catch((error: unknown) => error);

    expect(isOutboundError(failure) && failure.message).toBe("nobody.example could not be resolved (ENOTFOUND).");
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toMatch(/password|secret/);
  });

  test("a header that cannot be sent fails without showing its value", async () => {
    const outbound = createSafeFetch({ ...internet, allowPrivateHosts: [] });
    const broken = outbound.fetch("https://good.example/", { deadline: 1_000, headers: { "x-api-key": "se\ncret" } });
    await expect(broken).rejects.toMatchObject({
      code: "INVALID_HEADER",
      message: expect.not.stringContaining("cret"),
    });
  });
});

describe("the cap on a body", () => {
  test("a body of exactly the cap passes, one more byte does not, whether announced or not", async () => {
    const of = (size: number, announced: boolean): http.RequestListener => {
      return (_request, response) => {
        if (announced) response.setHeader("content-length", size);
        response.write("x".repeat(size - 1));
        response.end("x");
      };
    };

    expect((await ask(of(1_000, true), { maxBytes: 1_000 })).bytes).toHaveLength(1_000);
    expect((await ask(of(1_000, false), { maxBytes: 1_000 })).bytes).toHaveLength(1_000);
    await expect(ask(of(1_001, true), { maxBytes: 1_000 })).rejects.toMatchObject({ kind: "too_large" });
    await expect(ask(of(1_001, false), { maxBytes: 1_000 })).rejects.toMatchObject({ kind: "too_large" });
  });

  test.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("H-IMG-81: it counts decoded bytes: a %s bomb of 64 MB stops at the cap", async (encoding, compress) => {
    const send = (content: Buffer): http.RequestListener => {
      return (_request, response) => response.writeHead(200, { "content-encoding": encoding }).end(compress(content));
    };

    expect(text((await ask(send(Buffer.from("hello")))).bytes)).toBe("hello");
    // Only its size is told: a failing assertion would print 64 MB.
    const bomb = ask(send(Buffer.alloc(64 * 1024 * 1024)), { maxBytes: 1_000_000 }).then(({ bytes }) => bytes.length);
    await expect(bomb).rejects.toMatchObject({ kind: "too_large" });
  });

  test("H-IMG-81: it counts sent bytes too: endless gzip that decodes to nothing stops at the cap", async () => {
    const empty = gzipSync("");
    const failure = ask(
      (_request, response) => {
        response.writeHead(200, { "content-encoding": "gzip" });
        const pour = () => {
          while (!response.destroyed && response.write(Buffer.concat(Array.from({ length: 500 }, () => empty))));
        };
        response.on("drain", pour);
        pour();
      },
      { maxBytes: 1_000_000 },
    );

    await expect(failure).rejects.toMatchObject({ kind: "too_large" });
  });

  test.each([
    ["cut short", "gzip", gzipSync("hello world").subarray(0, 15)],
    ["not what it says", "gzip", Buffer.from("plain text")],
    ["in an unknown coding", "zstd", Buffer.from("x")],
    ["coded twice", "gzip, gzip", gzipSync(gzipSync("x"))],
  ])("a body %s is a network failure", async (_what, encoding, body) => {
    const failure = ask((_request, response) => response.writeHead(200, { "content-encoding": encoding }).end(body));

    await expect(failure).rejects.toMatchObject({ kind: "network" });
  });

  test("answers without a body are answers", async () => {
    const none = await ask((_request, response) => response.writeHead(204).end());
    expect(none).toMatchObject({ status: 204, bytes: new Uint8Array() });

    const head = await ask(
      (_request, response) => response.writeHead(200, { "content-encoding": "gzip", "content-length": 1e9 }).end(),
      { method: "HEAD" },
    );
    expect(head).toMatchObject({ status: 200, bytes: new Uint8Array() });
  });
});

function endAfter(socket: net.Socket, rest: string) {
  socket.end(`HTTP/1.1 200 OK\r\n${rest}`);
}

function resetAfter(socket: net.Socket, rest: string) {
  socket.write(`HTTP/1.1 200 OK\r\n${rest}`, () => setTimeout(() => socket.resetAndDestroy(), 20));
}
