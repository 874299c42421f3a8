import { createHash } from "node:crypto";
import http from "node:http";
import { pipeline, Readable } from "node:stream";
import sharp from "sharp";
import type { FakeInternet } from "./fake-internet.ts";
import { listen } from "./loopback.ts";
import type { Contract } from "./provider-contracts.ts";

/** How a provider answers for one person. */
export type ProviderBehaviour =
  /** A profile with a photo of this server; fields given replace the usual ones, undefined leaves one out. */
  | { readonly kind: "found"; readonly fields?: Record<string, unknown> }
  /** Another person's data, under that person's own name. */
  | { readonly kind: "someone_else" }
  /** A profile whose picture is LinkedIn's placeholder. */
  | { readonly kind: "ghost" }
  /** As the provider says that it knows nobody of the name. */
  | { readonly kind: "miss" }
  /** Any other answer, word for word; a body that is no text is sent as JSON. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The profile, after a while. */
  | { readonly kind: "slow"; readonly afterMs: number }
  /** Nothing at all: the request stays open. */
  | { readonly kind: "silence" }
  /** The first half of the profile, then the connection breaks. */
  | { readonly kind: "half" }
  /** The profile with its last bracket missing, as a complete answer. */
  | { readonly kind: "broken_json" }
  /** A web page with status 200. */
  | { readonly kind: "html"; readonly status?: number }
  /** A profile with a field of so many bytes. */
  | { readonly kind: "huge"; readonly bytes: number };

export type ProviderCall = {
  /** Whom it asked for, as the contract reads it. */
  readonly identifier: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  /** How many were under way at this server when it came, this one included. */
  readonly underWay: number;
};

export type ProviderServer = {
  /** `http://127.0.0.1:port`, or the https site on a fake internet. */
  readonly baseUrl: string;
  /** `127.0.0.1:port`, to be allowed as a private host; needless on a fake internet. */
  readonly host: string;
  readonly apiKey: string;
  /** Every request to the API, in order, refused ones too. */
  readonly calls: ProviderCall[];
  /** The identifier of every photo request received. */
  readonly photoCalls: string[];
  /** Behaviours are used up in turn; the last one stays. */
  set(identifier: string, ...behaviours: [ProviderBehaviour, ...ProviderBehaviour[]]): void;
  /** What it answers for those who were never set; at first a miss. */
  otherwise(behaviour: (identifier: string) => ProviderBehaviour): void;
  /** Photos that are not the usual ones. */
  setPhoto(identifier: string, photo: { status?: number; bytes?: Uint8Array }): void;
  /** Connections open now. */
  open(): number;
  stop(): Promise<void>;
};

export const GHOST_URL = "https://static.licdn.com/aero-v1/sc/h/9c8pery4andzj6ohjkjp54ma2";
export const SOMEONE_ELSE = "someone-else";

/** A local server that speaks the documented contract of a provider, and everything that goes wrong with one. */
export async function startProviderServer(
  contract: Contract,
  { internet, photoSide = 256 }: { internet?: FakeInternet; photoSide?: number } = {},
): Promise<ProviderServer> {
  const apiKey = `${contract.name}-test-key`;
  const behaviours = new Map<string, ProviderBehaviour[]>();
  const photos = new Map<string, { status?: number; bytes?: Uint8Array }>();
  const calls: ProviderCall[] = [];
  const photoCalls: string[] = [];
  let otherwise: (identifier: string) => ProviderBehaviour = () => ({ kind: "miss" });
  let underWay = 0;

  const answer: http.RequestListener = async (request, response) => {
    const url = new URL(request.url ?? "/", "http://provider.test");
    if (url.pathname.startsWith("/photos/")) {
      const identifier = decodeURIComponent(url.pathname.slice("/photos/".length));
      photoCalls.push(identifier);
      const { status = 200, bytes } = photos.get(identifier) ?? {};
      const body = bytes ?? (await usualPhoto(identifier, photoSide));
      response.writeHead(status, { "content-type": "image/jpeg" }).end(body);
      return;
    }
    underWay++;
    response.once("close", () => underWay--);
    const method = request.method ?? "";
    const identifier = contract.identify(method, url);
    if (identifier === null) return send(response, 404, { error: "no such address" });
    calls.push({ identifier, method, path: url.pathname, query: url.searchParams, headers: request.headers, underWay });
    if (!contract.authorized(request.headers, apiKey)) {
      const { status, body, headers } = contract.unauthorized;
      return send(response, status, body, headers);
    }
    const list = behaviours.get(identifier);
    const behaviour = (list && list.length > 1 ? list.shift() : list?.[0]) ?? otherwise(identifier);
    behave(response, contract, url, identifier, behaviour);
  };

  function behave(
    response: http.ServerResponse,
    { profile, miss }: Contract,
    url: URL,
    identifier: string,
    behaviour: ProviderBehaviour,
  ): unknown {
    const photo = `${baseUrl}/photos/${encodeURIComponent(identifier)}`;
    const usual = () => profile({ identifier, photo, url, fields: {} });
    switch (behaviour.kind) {
      case "found":
        return send(response, 200, profile({ identifier, photo, url, fields: behaviour.fields ?? {} }));
      case "someone_else":
        return send(response, 200, profile({ identifier: SOMEONE_ELSE, photo, url, fields: {} }));
      case "ghost":
        return send(response, 200, profile({ identifier, photo: GHOST_URL, url, fields: {} }));
      case "miss":
        return send(response, miss.status, miss.body);
      case "answer":
        return send(response, behaviour.status, behaviour.body, behaviour.headers);
      case "slow":
        return setTimeout(() => send(response, 200, usual()), behaviour.afterMs);
      case "silence":
        return undefined;
      case "half": {
        const text = JSON.stringify(usual());
        response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
        return response.write(text.slice(0, text.length / 2), () => response.destroy());
      }
      case "broken_json":
        response.writeHead(200, { "content-type": "application/json" });
        return response.end(JSON.stringify(usual()).slice(0, -1));
      case "html":
        response.writeHead(behaviour.status ?? 200, { "content-type": "text/html; charset=utf-8" });
        return response.end("<!doctype html><title>Welcome</title>");
      case "huge":
        response.writeHead(200, { "content-type": "application/json" });
        return pipeline(Readable.from(padded(behaviour.bytes)), response, () => {});
    }
  }

  const loopback = internet ? await internet.site(contract.host, answer) : await listen(http.createServer(answer));
  const host = `127.0.0.1:${loopback.port}`;
  const baseUrl = internet ? `https://${contract.host}` : `http://${host}`;
  return {
    baseUrl,
    host,
    apiKey,
    calls,
    photoCalls,
    set: (identifier, ...list) => void behaviours.set(identifier, list),
    otherwise: (behaviour) => {
      otherwise = behaviour;
    },
    setPhoto: (identifier, photo) => void photos.set(identifier, photo),
    open: loopback.open,
    stop: loopback.stop,
  };
}

/** A picture that is the same for a name each time, and another for each name. */
export function usualPhoto(identifier: string, side = 256): Promise<Buffer> {
  const pixels = createHash("sha384").update(identifier).digest();
  return sharp(pixels, { raw: { width: 4, height: 4, channels: 3 } })
    .resize(side, side, { kernel: "nearest" })
    .jpeg()
    .toBuffer();
}

function* padded(bytes: number): Generator<string> {
  yield '{"padding":"';
  for (let sent = 0; sent < bytes; sent += 65_536) yield "x".repeat(65_536);
  yield '"}';
}

function send(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isText = typeof body === "string";
  const type = { "content-type": isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8" };
  response.writeHead(status, { ...type, ...headers });
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}
