import type { IncomingMessage, ServerResponse } from "node:http";
import { setPeerAddress } from "./client-address.ts";

/**
 * A node request as a web Request. Its address is `origin` and the path that was asked for: the Host header has no
 * say. A request with a body is aborted when its sender goes away.
 */
export function toRequest(message: IncomingMessage, response: ServerResponse, origin: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (typeof value === "string") headers.set(name, value);
    else for (const one of value ?? []) headers.append(name, one);
  }
  // node keeps the first of these and says nothing of a second; which of two tokens counts is not for it to choose.
  const authorization =
    message.headers.authorization === undefined ? undefined : message.headersDistinct["authorization"];
  for (const further of authorization?.slice(1) ?? []) headers.append("authorization", further);
  const method = message.method ?? "GET";
  const init: RequestInit & { duplex?: "half" } = { method, headers };
  if (method !== "GET" && method !== "HEAD") {
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    init.signal = gone.signal;
    init.duplex = "half";
    init.body = bodyOf(message);
  }
  const request = new Request(origin + message.url, init);
  setPeerAddress(request, message.socket.remoteAddress ?? "");
  return request;
}

/**
 * The body, read only as far as somebody wants it. What nobody wants is let pass (node does so by itself for a body that
 * nobody touched): a connection on which the rest stays would take it for the next request, or wait for ever.
 */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Buffer> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        chunks ??= message.iterator({ destroyOnReturn: false });
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks?.return?.();
        message.resume();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Sends a web Response over a node one; `closeConnection` asks the client not to use the connection again. */
export async function sendResponse(
  answer: Response,
  response: ServerResponse,
  closeConnection: boolean,
): Promise<void> {
  const headers: string[] = [];
  for (const [name, value] of answer.headers) headers.push(name, value);
  if (closeConnection) headers.push("connection", "close");
  if (!answer.body) {
    if (!answer.headers.has("content-length") && answer.status !== 204 && answer.status !== 304)
      headers.push("content-length", "0");
    response.writeHead(answer.status, headers).end();
    return;
  }
  const body = Buffer.from(await answer.arrayBuffer());
  if (!answer.headers.has("content-length")) headers.push("content-length", String(body.length));
  response.writeHead(answer.status, headers).end(body);
}
