import type { Writable } from "node:stream";
import { ProtocolError, ProtocolErrorCode, Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { OPERATIONS, type Operation, type Persona, PersonaError, wantedTools } from "../../../lib/personas/index.ts";
import { createStdio } from "./stdio.ts";

/** Answers until the client hangs up or a signal comes. Resolves then, with everything closed. */
export function serveAvatar(persona: Persona, output: Writable): Promise<void> {
  return new Promise((resolve) => {
    // A stdin that has ended keeps no process alive, and there may be questions under way.
    const alive = setInterval(() => undefined, 60_000);
    let stopped = false;
    const stop = () => {
      if (stopped) return;
      stopped = true;
      void handle.close().finally(() => {
        clearInterval(alive);
        process.stdin.destroy();
        resolve();
        // A question that is under way must not keep a server that nobody hears.
        setTimeout(() => process.exit(), 500).unref();
      });
    };
    const handle = serveStdio(() => createServer(persona), {
      transport: createStdio(output, stop),
      onerror: (error) => console.error(error.message),
    });
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    // The client is gone, and there is nobody to tell.
    output.on("error", stop);
    process.stdout.on("error", stop);
  });
}

function createServer(persona: Persona): Server {
  const { config } = persona;
  const wanted = wantedTools(config);
  const operations = OPERATIONS.filter(({ name }) => !wanted || wanted.includes(name));
  const server = new Server(
    { name: config.mcp?.name ?? `avatar-${config.id}`, title: config.name, version: config.mcp?.version ?? "1.0.0" },
    {
      capabilities: { tools: { listChanged: false } },
      instructions: `Answers from the writings of ${config.name} alone, with the page of every quote, and says when they do not cover a question.`,
      cacheHints: {
        "tools/list": { ttlMs: 300_000, cacheScope: "public" },
        "server/discover": { ttlMs: 300_000, cacheScope: "public" },
      },
    },
  );
  server.setRequestHandler("tools/list", () => ({ tools: operations.map(listed) }));
  server.setRequestHandler("tools/call", async ({ params }) => {
    const operation = operations.find(({ name }) => name === params.name);
    if (!operation) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no tool of that name.");
    return call(operation, persona, params.arguments);
  });
  return server;
}

function listed({ name, title, description, inputSchema, outputSchema }: Operation) {
  const annotations = { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
  return { name, title, description, inputSchema, outputSchema, annotations };
}

/** Never rejects: what failed is told in a sentence for people, and what was unforeseen on stderr. */
async function call(operation: Operation, persona: Persona, input: unknown) {
  try {
    const structuredContent = await operation.run(persona, input);
    return { content: [{ type: "text" as const, text: JSON.stringify(structuredContent) }], structuredContent };
  } catch (error) {
    if (!(error instanceof PersonaError)) console.error(error);
    const text = error instanceof PersonaError ? error.message : "Something failed. The server's log says what.";
    return { content: [{ type: "text" as const, text }], isError: true };
  }
}
