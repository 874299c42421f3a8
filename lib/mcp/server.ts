import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerOptions,
} from "@modelcontextprotocol/server";
import { newId } from "#lib/platform/ids";
import { callTool } from "./call-tool.ts";
import { cardContents, cardResource, PROFILE_CARD } from "./card/resource.ts";
import type { CallContext } from "./define-tool.ts";
import { createServe } from "./serve.ts";
import { findTool, TOOLS } from "./tools/index.ts";

type Exchange = CallContext & { requestId: string };

/** Answers one message to /mcp. */
export const serve = createServe(createServer);

const INSTRUCTIONS =
  "Avtrz turns a LinkedIn profile URL or username into a real profile photo and profile facts. Every tool only reads. For a person pass exactly one of linkedin_url or username. To embed pictures elsewhere use imageUrl, or get_publishable_key for a whole list.";

const OPTIONS: ServerOptions = {
  capabilities: { tools: { listChanged: false }, resources: { listChanged: false } },
  instructions: INSTRUCTIONS,
  // The same for everybody, but nothing behind a token belongs into a shared cache.
  cacheHints: {
    "tools/list": { ttlMs: 300_000, cacheScope: "private" },
    "resources/list": { ttlMs: 300_000, cacheScope: "private" },
    "resources/read": { ttlMs: 300_000, cacheScope: "private" },
    "server/discover": { ttlMs: 300_000, cacheScope: "private" },
  },
};

const listedFor = new Map<string, ReturnType<(typeof TOOLS)[number]["listed"]>[]>();

function listTools(publicUrl: string) {
  let listed = listedFor.get(publicUrl);
  if (!listed) {
    listed = TOOLS.map((tool) => tool.listed(publicUrl));
    listedFor.set(publicUrl, listed);
  }
  return listed;
}

function createServer(exchange: Exchange): Server {
  const { publicUrl } = exchange.services.config;
  const icons = [{ src: `${publicUrl}/icon.svg`, mimeType: "image/svg+xml", sizes: ["any"] }];
  const server = new Server({ name: "avtrz", title: "Avtrz", version: "1", websiteUrl: publicUrl, icons }, OPTIONS);
  let calls = 0;
  server.setRequestHandler("tools/list", ({ params }) => {
    refuseCursor(params?.cursor);
    return { tools: listTools(publicUrl) };
  });
  server.setRequestHandler("tools/call", ({ params }) => {
    const tool = findTool(params.name);
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no tool of that name.");
    // Of a batch each call is a row of its own.
    const id = calls++ === 0 ? exchange.requestId : newId("req", exchange.services.clock.now());
    return callTool(tool, params.arguments, exchange, id);
  });
  server.setRequestHandler("resources/list", ({ params }) => {
    refuseCursor(params?.cursor);
    return { resources: [cardResource] };
  });
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: [] }));
  server.setRequestHandler("resources/read", ({ params }) => {
    if (params.uri !== PROFILE_CARD) throw new ResourceNotFoundError(params.uri);
    return { contents: [cardContents] };
  });
  return server;
}

/** Every list fits one page, so whoever sends a cursor has it from somewhere else. */
function refuseCursor(cursor: string | undefined): void {
  if (cursor !== undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such cursor.");
}
