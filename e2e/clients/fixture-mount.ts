import { createServer as createHttpServer } from "node:http";
import { type CallToolResult, ProtocolError, ProtocolErrorCode, Server } from "@modelcontextprotocol/server";
import { sendResponse, toRequest } from "../../lib/http/index.ts";
import { createServe } from "../../lib/mcp/serve.ts";
import { listen } from "../support/loopback.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
const image = { type: "image", data: PIXEL, mimeType: "image/png" } as const;
const text = (words: string) => ({ type: "text", text: words }) as const;
const resource = (uri: string, mimeType: string, content: string) =>
  ({ type: "resource", resource: { uri, mimeType, text: content } }) as const;

/** The tools that the official suite calls by name, with what it says they return. */
const TOOLS: Readonly<Record<string, CallToolResult>> = {
  test_simple_text: { content: [text("This is a simple text response for testing.")] },
  test_image_content: { content: [image] },
  test_audio_content: { content: [{ type: "audio", data: SILENCE, mimeType: "audio/wav" }] },
  test_embedded_resource: {
    content: [resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
  },
  test_multiple_content_types: {
    content: [
      text("Multiple content types test:"),
      image,
      resource("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
    ],
  },
  test_error_handling: { isError: true, content: [text("This tool intentionally returns an error for testing")] },
};

const RESOURCES: Readonly<Record<string, object>> = {
  "test://static-text": { mimeType: "text/plain", text: "This is the content of the static text resource." },
  "test://static-binary": { mimeType: "image/png", blob: PIXEL },
};
const TEMPLATE = /^test:\/\/template\/(\w+)\/data$/;

/**
 * The transport of /mcp over a server that has the suite's own tools and resources: what it proves is that this
 * transport carries every kind of content in both eras. Tests alone start it; the product never lists these.
 */
export async function startFixtureMount(): Promise<{ url: string; stop(): Promise<void> }> {
  const serve = createServe(createServer);
  const server = createHttpServer(async (message, response) => {
    const request = toRequest(message, response, "http://localhost");
    const body: unknown = request.method === "POST" ? await request.json() : undefined;
    await sendResponse(await serve(request, body, null), response, false);
  });
  const { port, stop } = await listen(server);
  return { url: `http://localhost:${port}/mcp`, stop };
}

function createServer(): Server {
  const hint = { ttlMs: 0, cacheScope: "private" } as const;
  const server = new Server(
    { name: "fixtures", version: "1" },
    {
      capabilities: { tools: { listChanged: false }, resources: { listChanged: false } },
      cacheHints: { "tools/list": hint, "resources/list": hint, "resources/read": hint, "server/discover": hint },
    },
  );
  server.setRequestHandler("tools/list", () => ({
    tools: Object.keys(TOOLS).map((name) => ({
      name,
      description: `The suite's ${name}`,
      inputSchema: { type: "object" as const, additionalProperties: false },
    })),
  }));
  server.setRequestHandler("tools/call", ({ params: { name } }) => {
    const result = TOOLS[name];
    if (!result) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no tool of that name.");
    return result;
  });
  server.setRequestHandler("resources/list", () => ({
    resources: Object.keys(RESOURCES).map((uri) => ({ uri, name: uri })),
  }));
  server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: [{ uriTemplate: "test://template/{id}/data", name: "template" }],
  }));
  server.setRequestHandler("resources/read", ({ params: { uri } }) => {
    const id = TEMPLATE.exec(uri)?.[1];
    const found = id
      ? { mimeType: "application/json", text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }
      : RESOURCES[uri];
    if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such resource.");
    return { contents: [{ uri, ...found } as { uri: string; text: string }] };
  });
  return server;
}
