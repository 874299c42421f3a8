/** The floor for tool calls: the same SDK on the same Node with one tool that echoes. `bare-mcp.ts <port>` */
import { createServer } from "node:http";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { sendResponse, toRequest } from "../../lib/http/index.ts";

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: "bare", version: "1" });
  server.registerTool("echo", { inputSchema: z.strictObject({ text: z.string() }) }, async ({ text }) => ({
    content: [{ type: "text", text }],
  }));
  return server;
});
const port = Number(process.argv[2]);
createServer(async (message, response) => {
  const request = toRequest(message, response, `http://localhost:${port}`);
  await sendResponse(await handler.fetch(request), response, false);
}).listen(port, () => console.log("ready"));
