import {
  createMcpHandler,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";

/**
 * Answers one message (or a batch of the revision that had them) in the protocol era that it speaks. Every server is
 * made for one request and knows what that request may know, so nothing of one user's can reach another's.
 */
export function createServe<Context>(createServer: (context: Context) => Server) {
  /** What the factory below is to serve: the SDK hands it nothing but the request. */
  const contexts = new WeakMap<Request, { context: Context }>();

  const modern = createMcpHandler(
    ({ requestInfo }) => {
      const known = requestInfo && contexts.get(requestInfo);
      if (!known) throw new Error("an MCP request came without its context");
      return createServer(known.context);
    },
    { legacy: "reject" },
  );

  return async function serve(request: Request, message: unknown, context: Context): Promise<Response> {
    if (await isLegacyRequest(request, message)) return serveLegacy(request, message, context);
    contexts.set(request, { context });
    return modern.fetch(request, { parsedBody: message });
  };

  /** As the SDK's own fallback, but answered with JSON: there is nothing to stream. */
  async function serveLegacy(request: Request, message: unknown, context: Context): Promise<Response> {
    const server = createServer(context);
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    try {
      return await transport.handleRequest(request, { parsedBody: message });
    } finally {
      await server.close();
    }
  }
}
