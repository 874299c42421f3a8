const MODERN = "2026-07-28";
const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

export type Era = "legacy" | "modern";
export const ERAS: Era[] = ["legacy", "modern"];

/** A request to an MCP endpoint as a client of that era sends it. */
export function mcpMessage(method: string, params: Record<string, unknown>, era: Era) {
  if (era === "legacy") {
    return {
      headers: { ...HEADERS, "mcp-protocol-version": "2025-11-25" } as Record<string, string>,
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    };
  }
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  };
  const name = params["name"] ?? params["uri"];
  return {
    headers: {
      ...HEADERS,
      "mcp-protocol-version": MODERN,
      "mcp-method": method,
      ...(typeof name === "string" ? { "mcp-name": name } : {}),
    } as Record<string, string>,
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } }),
  };
}
