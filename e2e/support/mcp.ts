import { createServer } from "node:http";
import { onTestFinished } from "vitest";
import { sendResponse, toRequest } from "../../lib/http/index.ts";
import { findMount } from "../../lib/mounts.ts";
import type { Services } from "../../lib/services.ts";
import { listen } from "./loopback.ts";
import { type Era, mcpMessage } from "./mcp-message.ts";
import { send } from "./services.ts";

export type ToolResult = {
  content: { type: string; text: string; data: string; mimeType: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  _meta?: Record<string, unknown>;
};

/** A message to /mcp as a client of that era sends it, without any server. */
export function postMcp(
  services: Services,
  token: string | null,
  method: string,
  params: Record<string, unknown> = {},
  era: Era = "legacy",
  headers: Record<string, string> = {},
): Promise<Response> {
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const { body, headers: own } = mcpMessage(method, params, era);
  return send(services, "/mcp", { method: "POST", headers: { ...own, ...authorization, ...headers }, body });
}

/** The result of a tool; fails unless the answer is one. */
export async function callTool(
  services: Services,
  token: string,
  name: string,
  parameters: Record<string, unknown> = {},
  era: Era = "legacy",
): Promise<ToolResult> {
  const response = await postMcp(services, token, "tools/call", { name, arguments: parameters }, era);
  const body = (await response.json()) as { result?: ToolResult };
  if (response.status !== 200 || !body.result) throw new Error(`${response.status}: ${JSON.stringify(body)}`);
  return body.result;
}

/** Serves the mounts on a free port, as server.ts does; closed when the test ends. Returns the address of /mcp. */
export async function listenOn(services: Services): Promise<URL> {
  const server = createServer(async (message, response) => {
    const handler = findMount(new URL(message.url ?? "", "http://x").pathname);
    if (!handler) return void response.writeHead(404).end();
    const request = toRequest(message, response, services.config.publicUrl);
    await sendResponse(await handler(request, services), response, false);
  });
  const { port, stop } = await listen(server);
  onTestFinished(stop);
  return new URL(`http://127.0.0.1:${port}/mcp`);
}
