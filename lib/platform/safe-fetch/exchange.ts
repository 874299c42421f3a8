import type { Socket } from "node:net";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Client } from "undici";
import { codeOf, isOutboundError, OutboundError } from "./failure.ts";
import { unlessAborted } from "./lifetime.ts";

export type Hop = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | undefined;
  /** Cap on the body, as sent and as decoded. */
  readonly maxBytes: number;
};

export type HopAnswer = {
  readonly status: number;
  readonly headers: Headers;
  /** Empty where a redirect is to be followed: nobody reads the body of one. */
  readonly bytes: Uint8Array;
  /** Where the answer redirects to, as it stands in its Location. */
  readonly location: string | undefined;
};

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const BODILESS = new Set([204, 205, 304]);

/**
 * Sends one request over a connected socket, reads its answer, and closes the socket whatever happens. A connection
 * serves one request only: what was checked about it then holds for exactly this one.
 * @throws OutboundError, or the signal's reason
 */
export async function exchange(socket: Socket, hop: Hop, signal: AbortSignal): Promise<HopAnswer> {
  const { url, method } = hop;
  const client = new Client(url.origin, {
    // Not at once: undici would then forget the request that it is opening the connection for.
    connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
    // The lifetime's signal is the only clock; two more would make its budget unclear.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const request = client.request({
      path: url.pathname + url.search,
      method: method as "GET",
      headers: Object.fromEntries(hop.headers),
      body: hop.body ?? null,
      reset: true,
      signal,
    });
    // undici hears the signal only once it has a connection.
    const answer = await unlessAborted(request, signal);
    answer.body.on("error", () => {});
    const headers = answerHeaders(answer.headers);
    const status = answer.statusCode;
    const location = followable(method) && REDIRECTS.has(status) ? headers.get("location") : null;
    const hasBody = location === null && method !== "HEAD" && !BODILESS.has(status);
    const bytes = hasBody ? await readBody(answer.body, headers, hop, signal) : new Uint8Array();
    return { status, headers, bytes, location: location ?? undefined };
  } catch (error) {
    signal.throwIfAborted();
    throw isOutboundError(error) ? error : new OutboundError("network", url.host, codeOf(error));
  } finally {
    // Not awaited: it waits for a body that nobody reads on.
    void client.destroy();
    socket.destroy();
  }
}

/** A request that changes something is not sent a second time to wherever its answer points. */
function followable(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

async function readBody(body: Readable, headers: Headers, hop: Hop, signal: AbortSignal): Promise<Uint8Array> {
  const { host } = hop.url;
  if (Number(headers.get("content-length")) > hop.maxBytes) throw new OutboundError("too_large", host);

  const chunks: Uint8Array[] = [];
  const capped = () => cap(hop.maxBytes, host);
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    for await (const chunk of source) chunks.push(chunk);
  };
  // The cap stands before the decoder too: a compressed stream can be endless and yet decode to nothing.
  const decoder = decoderOf(headers.get("content-encoding"), host);
  if (decoder) await pipeline(body, capped(), decoder, capped(), collect, { signal });
  else await pipeline(body, capped(), collect, { signal });
  return Buffer.concat(chunks);
}

function cap(maxBytes: number, host: string) {
  return async function* (source: AsyncIterable<Uint8Array>) {
    let total = 0;
    for await (const chunk of source) {
      total += chunk.byteLength;
      if (total > maxBytes) throw new OutboundError("too_large", host);
      yield chunk;
    }
  };
}

/** One coding at most: a chain of them multiplies the work that one received byte can cause. */
function decoderOf(contentEncoding: string | null, host: string): Transform | undefined {
  switch (contentEncoding?.trim().toLowerCase() ?? "") {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      throw new OutboundError("network", host, "UNKNOWN_CONTENT_ENCODING");
  }
}

/** Without Set-Cookie: no cookie is kept, so none can be sent. */
function answerHeaders(received: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(received)) {
    if (name === "set-cookie") continue;
    for (const one of [value ?? []].flat()) {
      try {
        headers.append(name, one);
      } catch {
        // A name or value that HTTP does not allow tells nobody anything.
      }
    }
  }
  return headers;
}
