import type { KeyType } from "../../lib/keys/index.ts";
import type { Services } from "../../lib/services.ts";
import type { Operation } from "./openapi.ts";
import { newUsername, send } from "./services.ts";

export type Ask = {
  /** Sent in x-api-key. */
  key?: string;
  username?: string;
  headers?: Record<string, string>;
  /** Added to the address. */
  query?: Record<string, string>;
};

/** An address that needs a key, and a request it accepts. */
export type KeyedRoute = {
  operation: Operation;
  /** The type of key that may do the least and is still accepted. */
  keyType: KeyType;
  /** The `tool` of its AvatarRequest rows; null when it costs nothing and writes none. */
  tool: string | null;
  ask(services: Services, request: Ask): Promise<Response>;
};

const lookup =
  (path: string): KeyedRoute["ask"] =>
  (services, { username = newUsername(), ...request }) =>
    get(services, path, { ...request, query: { username, ...request.query } });

export const avatarRoute: KeyedRoute = {
  operation: "get /v1/avatar",
  keyType: "publishable",
  tool: "avatar",
  ask: lookup("/v1/avatar"),
};

export const profileRoute: KeyedRoute = {
  operation: "get /v1/profile",
  keyType: "secret",
  tool: "profile",
  ask: lookup("/v1/profile"),
};

export const recheckRoute: KeyedRoute = {
  operation: "post /v1/recheck",
  keyType: "secret",
  tool: "recheck",
  ask: (services, { username = newUsername(), key, headers, query = {} }) =>
    send(services, addressOf("/v1/recheck", { username, ...query }), {
      method: "POST",
      headers: { ...keyHeader(key), ...headers },
    }),
};

export const usageRoute: KeyedRoute = {
  operation: "get /v1/usage",
  keyType: "secret",
  tool: null,
  ask: (services, request) => get(services, "/v1/usage", request),
};

export const avatarsRoute: KeyedRoute = {
  operation: "post /v1/avatars",
  keyType: "publishable",
  tool: "avatars",
  ask: (services, { username = newUsername(), key, headers, query = {} }) =>
    send(services, addressOf("/v1/avatars", query), {
      method: "POST",
      headers: { "content-type": "application/json", ...keyHeader(key), ...headers },
      body: JSON.stringify({ people: [{ username }] }),
    }),
};

function get(services: Services, path: string, { key, headers, query = {} }: Ask): Promise<Response> {
  return send(services, addressOf(path, query), { headers: { ...keyHeader(key), ...headers } });
}

function keyHeader(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { "x-api-key": key };
}

function addressOf(path: string, query: Record<string, string>): string {
  const parameters = new URLSearchParams(query).toString();
  return parameters ? `${path}?${parameters}` : path;
}
