import { LATEST_PROTOCOL_VERSION } from "@modelcontextprotocol/sdk/types.js";
import { ask, type Reply } from "./ask.ts";

export const CLIENT = { name: "avtrz doctor", version: "1" };

/** The first message of every client, with or without a token. */
export function initialize(url: string, token?: string): Promise<Reply> {
  return ask(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: LATEST_PROTOCOL_VERSION, capabilities: {}, clientInfo: CLIENT },
    }),
  });
}

/** The value of a parameter of a `WWW-Authenticate: Bearer` challenge (RFC 9110, 11.6.1). */
export function challengeParameter(challenge: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|[\\s,])${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))`, "i").exec(challenge);
  return match?.[1] ?? match?.[2];
}
