import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { onTestFinished } from "vitest";
import { sendResponse, toRequest } from "../../lib/http/index.ts";
import { findMount } from "../../lib/mounts.ts";
import type { Services } from "../../lib/services.ts";
import type { Certificate } from "./certificates.ts";
import { listen } from "./loopback.ts";
import { testServices } from "./services.ts";

/** What a proxy does with a request and with the answer of what is behind it. */
export type ReverseProxy = (request: Request, next: (request: Request) => Promise<Response>) => Promise<Response>;

/** Services as they are reached through a proxy. `mcp` is the address that people paste. */
export type Proxied = { mcp: string; services: Services };

/** Real services on a free port, behind a proxy that passes everything on unless told otherwise. */
export async function behindProxy(
  options: { publicUrl?: (origin: string) => string; proxy?: ReverseProxy; certificate?: Certificate } = {},
): Promise<Proxied> {
  const { certificate, proxy = (request, next) => next(request), publicUrl = (origin) => origin } = options;
  const listener: RequestListener = async (message, response) => {
    const answer = await proxy(toRequest(message, response, origin), (request) => {
      const handler = findMount(new URL(request.url).pathname);
      return handler ? handler(request, services) : Promise.resolve(new Response("<!doctype html>", { status: 404 }));
    });
    await sendResponse(answer, response, false);
  };
  const server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
  const { port, stop } = await listen(server);
  onTestFinished(stop);
  const origin = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const services = await testServices({ publicUrl: publicUrl(origin) });
  return { mcp: `${origin}/mcp`, services };
}

/** A proxy that changes the answers of the paths given. */
export function rewriting(path: string, change: (answer: Response) => Response | Promise<Response>): ReverseProxy {
  return async (request, next) => {
    const answer = await next(request);
    return new URL(request.url).pathname.startsWith(path) ? change(answer) : answer;
  };
}

/** The same for one that changes a JSON document. */
export function rewritingJson(path: string, change: (document: Record<string, unknown>) => object): ReverseProxy {
  return rewriting(path, async (answer) => {
    const headers = new Headers(answer.headers);
    headers.delete("content-length");
    return Response.json(change((await answer.json()) as Record<string, unknown>), { status: answer.status, headers });
  });
}
