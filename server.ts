/**
 * The web server: one table of hot handlers answered at once, everything else by Next. It runs as it stands under
 * Node 24. A bare server must carry what a framework would: limits on size and time, keep-alive, and an end in
 * which nobody's request is cut off.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import next from "next";
import { sendResponse, toRequest } from "#lib/http";
import { findMount } from "#lib/mounts";
import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";

export type RunningServer = {
  port: number;
  /** Has clients leave, then stops accepting, lets what is under way finish (10 seconds at most), then closes every connection. */
  close(): Promise<void>;
};

const BUILT_WITH = ".next/required-server-files.json";

const LISTEN_PROBLEMS: Record<string, string> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this user may not have that port",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "there is no host of that name",
};
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const BODY_WITHIN_MS = 30_000;
/** There handlers have limits of their own, and a slow line its time. */
const UPLOADS = /^\/(uploads\/|v1\/personas\/[^/?]+\/sources(\?|$))/;
const UPLOAD_WITHIN_MS = 300_000;
const MAX_IN_FLIGHT = 10_000;
const STOP_WITHIN_MS = 10_000;
/** While it still takes requests after it was told to end: those that are on their way, and a balancer that asks /readyz. */
const LAST_CALL_MS = 500;

/** Starts Next and the server. Throws AppError `address_unusable` when the port cannot be had. */
export async function startServer(services: Services, options: { dev: boolean }): Promise<RunningServer> {
  const { config, lifecycle } = services;
  // As Next's own standalone server does: reading next.config.ts again would take a compiler's time and memory.
  if (!options.dev) {
    const { config: builtWith } = JSON.parse(await readFile(path.join(import.meta.dirname, BUILT_WITH), "utf8"));
    process.env["__NEXT_PRIVATE_STANDALONE_CONFIG"] = JSON.stringify(builtWith);
  }
  const app = next({
    dev: options.dev,
    dir: import.meta.dirname,
    port: config.port,
    hostname: "localhost",
    quiet: !options.dev,
  });
  await app.prepare();
  const handleByNext = app.getRequestHandler();
  let inFlight = 0;

  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: 10_000,
      requestTimeout: UPLOAD_WITHIN_MS,
      keepAliveTimeout: 65_000,
    },
    async (message, response) => {
      inFlight++;
      response.once("close", () => {
        inFlight--;
      });
      try {
        await answer(message, response);
      } catch (error) {
        services.log.error({ err: error, path: pathOf(message) }, "a request failed outside its handler");
        if (!response.headersSent) refuse(response, 500);
        else response.destroy();
      }
    },
  );

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    // Only paths: no absolute-form targets, and no header by which an outsider could pose as Next itself.
    if (!message.url?.startsWith("/")) return refuse(response, 400);
    // The one method that reaches us and that a web Request refuses to hold; it would echo headers, keys among them.
    if (message.method === "TRACE") return refuse(response, 405);
    delete message.headers["x-middleware-subrequest"];
    if (!UPLOADS.test(message.url)) {
      if (Number(message.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return refuse(response, 413);
      limitBodyTime(message, response);
    }
    if (inFlight > MAX_IN_FLIGHT) return refuse(response, 503);
    const mount = findMount(pathOf(message));
    if (!mount) {
      if (lifecycle.stopping) response.setHeader("connection", "close");
      return handleByNext(message, response);
    }
    await sendResponse(
      await mount(toRequest(message, response, config.publicUrl), services),
      response,
      lifecycle.stopping,
    );
  }

  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  server.on("upgrade", (message, socket, head) => {
    if (options.dev) void app.getUpgradeHandler()(message, socket, head);
    else socket.destroy();
  });

  await listen(server, config.port, config.host)
    .catch((error: NodeJS.ErrnoException) => {
      // "All addresses" means IPv4 alone on a machine without IPv6.
      if (config.host === "::" && error.code === "EAFNOSUPPORT") return listen(server, config.port, "0.0.0.0");
      throw error;
    })
    .catch(async (cause: NodeJS.ErrnoException) => {
      await app.close();
      const address = config.host === "::" ? `port ${config.port}` : `${config.host}, port ${config.port}`;
      const problem = LISTEN_PROBLEMS[cause.code ?? ""] ?? cause.message;
      throw new AppError("address_unusable", { fields: { address, problem }, cause });
    });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      lifecycle.stopping = true;
      if (!options.dev) await sleep(LAST_CALL_MS);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const over = new AbortController();
      sleep(STOP_WITHIN_MS - LAST_CALL_MS, null, { signal: over.signal }).then(
        () => server.closeAllConnections(),
        () => undefined,
      );
      await closed;
      over.abort();
      await app.close();
    },
  };
}

function pathOf(message: IncomingMessage): string {
  const url = message.url ?? "";
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}

/** Ends a request whose body does not come in time: node itself has but one limit, for the slowest of all. */
function limitBodyTime(message: IncomingMessage, response: ServerResponse): void {
  if (message.headers["content-length"] === undefined && message.headers["transfer-encoding"] === undefined) return;
  const timer = setTimeout(() => {
    if (!message.complete) message.destroy();
  }, BODY_WITHIN_MS);
  response.once("close", () => clearTimeout(timer));
}

function refuse(response: ServerResponse, status: 400 | 405 | 413 | 500 | 503): void {
  const more = status === 503 ? { "retry-after": "1" } : status === 405 ? { allow: "GET, HEAD, POST, OPTIONS" } : {};
  response
    .writeHead(status, { connection: "close", "cache-control": "no-store", "content-length": "0", ...more })
    .end();
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
