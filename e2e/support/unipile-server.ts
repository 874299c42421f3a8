import http from "node:http";
import { pipeline, Readable } from "node:stream";
import type { FakeInternet } from "./fake-internet.ts";
import { listen } from "./loopback.ts";
import { GHOST_URL, usualPhoto } from "./provider-server.ts";

/** The fields of Unipile's `UserProfile` (LinkedIn) that a test may want to set; null and wrong types are for lying. */
export type UnipileProfile = Record<string, unknown> & {
  readonly public_identifier?: unknown;
  readonly provider_id?: unknown;
};

/** How the server answers for one identifier. */
export type UnipileBehaviour =
  /** A profile with a photo of this server; fields given replace the usual ones, undefined leaves one out. */
  | { readonly kind: "found"; readonly profile?: UnipileProfile }
  /** Another person's data, under that person's own name. */
  | { readonly kind: "someone_else" }
  /** A profile whose picture is LinkedIn's placeholder. */
  | { readonly kind: "ghost" }
  /** A documented error: its body is `{ type, title, detail, status }`. `type` null leaves the body out. */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly type: string | null;
      readonly detail?: string;
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

/** How the server answers for one photo: bytes with whatever type and status is claimed for them. */
export type PhotoBehaviour = {
  readonly status?: number;
  readonly contentType?: string;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
};

export type UnipileCall = {
  readonly identifier: string;
  readonly query: URLSearchParams;
  readonly authorized: boolean;
};

export type UnipileServer = {
  /** Serves as the provider's DSN too: `http://127.0.0.1:port`, or the https site on a fake internet. */
  readonly baseUrl: string;
  /** `127.0.0.1:port`, to be allowed as a private host; needless on a fake internet. */
  readonly host: string;
  readonly apiKey: string;
  readonly accountId: string;
  /** Every profile request received, in order, refused ones too. */
  readonly calls: UnipileCall[];
  /** The identifier of every photo request received. */
  readonly photoCalls: string[];
  /** Behaviours are used up in turn; the last one stays. Identifiers never set are answered 404. */
  set(identifier: string, ...behaviours: [UnipileBehaviour, ...UnipileBehaviour[]]): void;
  setPhoto(identifier: string, photo: PhotoBehaviour): void;
  /** Connections open now. */
  open(): number;
  stop(): Promise<void>;
};

/** Where Unipile lives on a fake internet. */
export const UNIPILE_HOST = "api8.unipile.com";

/** The member URN that the server gives to an identifier: the same each time, another for each. */
export function memberUrnOf(identifier: string): string {
  return `ACoAA${Buffer.from(identifier).toString("base64url").padEnd(34, "x").slice(0, 34)}`;
}

/**
 * A local server that speaks the documented contract of Unipile v1's `GET /api/v1/users/{identifier}`, errors included.
 * Source: developer.unipile.com/reference/userscontroller_getprofilebyidentifier
 */
export async function startUnipileServer({
  apiKey = "unipile-test-key",
  accountId = "account-1",
  internet,
}: {
  apiKey?: string;
  accountId?: string;
  internet?: FakeInternet;
} = {}): Promise<UnipileServer> {
  const behaviours = new Map<string, UnipileBehaviour[]>();
  const photos = new Map<string, PhotoBehaviour>();
  const calls: UnipileCall[] = [];
  const photoCalls: string[] = [];
  const answer: http.RequestListener = async (request, response) => {
    const url = new URL(request.url ?? "/", "http://unipile.test");
    const [, api, id = ""] = /^\/(api\/v1\/users|photos)\/([^/]+)$/.exec(url.pathname) ?? [];
    const identifier = decodeURIComponent(id);
    if (api === "photos") {
      photoCalls.push(identifier);
      const { status = 200, contentType = "image/jpeg", bytes, headers } = photos.get(identifier) ?? {};
      const body = bytes ?? (await usualPhoto(identifier, 400));
      response.writeHead(status, { "content-type": contentType, ...headers }).end(body);
      return;
    }
    if (api === undefined || request.method !== "GET") return fail(response, 404, "errors/resource_not_found");

    const authorized = request.headers["x-api-key"] === apiKey;
    calls.push({ identifier, query: url.searchParams, authorized });
    if (!authorized) return fail(response, 401, "errors/missing_credentials");
    const account = url.searchParams.get("account_id");
    if (account === null) return fail(response, 400, "errors/invalid_parameters");
    if (account !== accountId) return fail(response, 404, "errors/resource_not_found", "Account not found");
    behave(response, identifier, next(behaviours.get(identifier)), baseUrl);
  };
  const loopback = internet ? await internet.site(UNIPILE_HOST, answer) : await listen(http.createServer(answer));
  const host = `127.0.0.1:${loopback.port}`;
  const baseUrl = internet ? `https://${UNIPILE_HOST}` : `http://${host}`;

  return {
    baseUrl,
    host,
    apiKey,
    accountId,
    calls,
    photoCalls,
    set: (identifier, ...list) => void behaviours.set(identifier, list),
    setPhoto: (identifier, photo) => void photos.set(identifier, photo),
    open: loopback.open,
    stop: loopback.stop,
  };
}

function next(list: UnipileBehaviour[] | undefined): UnipileBehaviour {
  const [first] = list ?? [];
  if (list && list.length > 1) list.shift();
  return first ?? { kind: "error", status: 404, type: "errors/resource_not_found", detail: "User not found" };
}

function behave(response: http.ServerResponse, identifier: string, behaviour: UnipileBehaviour, baseUrl: string) {
  const profile = profileOf(identifier, baseUrl);
  switch (behaviour.kind) {
    case "found":
      return send(response, 200, { ...profile, ...behaviour.profile });
    case "someone_else":
      return send(response, 200, profileOf("someone-else", baseUrl));
    case "ghost":
      return send(response, 200, { ...profile, profile_picture_url: GHOST_URL, profile_picture_url_large: GHOST_URL });
    case "error":
      for (const [name, value] of Object.entries(behaviour.headers ?? {})) response.setHeader(name, value);
      if (behaviour.type === null) return response.writeHead(behaviour.status).end();
      return fail(response, behaviour.status, behaviour.type, behaviour.detail);
    case "slow":
      setTimeout(() => send(response, 200, profile), behaviour.afterMs);
      return;
    case "silence":
      return;
    case "half": {
      const text = JSON.stringify(profile);
      response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    }
    case "broken_json":
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(profile).slice(0, -1));
    case "html":
      return response
        .writeHead(behaviour.status ?? 200, { "content-type": "text/html; charset=utf-8" })
        .end("<!doctype html><title>Welcome</title>");
    case "huge":
      response.writeHead(200, { "content-type": "application/json" });
      return pipeline(Readable.from(padded(profile, behaviour.bytes)), response, () => {});
  }
}

function* padded(profile: UnipileProfile, bytes: number): Generator<string> {
  yield `${JSON.stringify(profile).slice(0, -1)},"padding":"`;
  for (let sent = 0; sent < bytes; sent += 65_536) yield "x".repeat(65_536);
  yield '"}';
}

/** As Unipile sends a profile with few details: all required fields, and those optional ones that are used. */
function profileOf(identifier: string, baseUrl: string): UnipileProfile {
  const [first = "", ...rest] = identifier.split("-").map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return {
    object: "UserProfile",
    provider: "LINKEDIN",
    provider_id: memberUrnOf(identifier),
    public_identifier: identifier,
    first_name: first,
    last_name: rest.join(" "),
    headline: `${first} builds things`,
    summary: `About ${first}.`,
    location: "Lisbon, Portugal",
    websites: [],
    profile_picture_url: `${baseUrl}/photos/${encodeURIComponent(identifier)}?size=100`,
    profile_picture_url_large: `${baseUrl}/photos/${encodeURIComponent(identifier)}`,
    is_premium: false,
    is_open_to_work: true,
    follower_count: 12,
    network_distance: "THIRD_DEGREE",
  };
}

function fail(response: http.ServerResponse, status: number, type: string, detail?: string) {
  const title = type.replace("errors/", "").replaceAll("_", " ");
  send(response, status, { title, detail, type, status });
}

function send(response: http.ServerResponse, status: number, body: object) {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
