import { PassThrough, Writable } from "node:stream";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";

/** How long questions that are under way may take after the client closed its end. */
const LAST_ANSWERS_MS = 30_000;

/**
 * Takes stdout for the protocol: whatever else writes there, a library's stray line included, goes to stderr. Returns
 * the way to the real one.
 */
export function claimStdout(): Writable {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) =>
    process.stderr.write(chunk, ...rest)) as typeof process.stdout.write;
  console.log = console.info = console.debug = console.error;
  return new Writable({
    write: (chunk, _encoding, done) => {
      write(chunk, (error) => done(error));
    },
  });
}

/**
 * stdin and stdout as a transport. When the client closes its end, what it asked before is still answered: a pipe such
 * as `printf … | mcp-server` gets its answers. `onClosed` is called when nothing more is to come.
 */
export function createStdio(output: Writable, onClosed: () => void): Transport {
  const input = new PassThrough();
  const inner = new StdioServerTransport(input, output);
  const unanswered = new Set<string | number>();
  let ended = false;

  const endWhenAnswered = () => {
    if (ended && unanswered.size === 0) input.end();
  };
  process.stdin.on("data", (chunk) => input.write(chunk));
  process.stdin.once("end", () => {
    ended = true;
    setTimeout(() => input.end(), LAST_ANSWERS_MS).unref();
    // What was read with the end itself is handled first.
    setImmediate(endWhenAnswered);
  });

  const transport: Transport = {
    async start() {
      inner.onmessage = (message: JSONRPCMessage) => {
        if ("method" in message && "id" in message) unanswered.add(message.id);
        transport.onmessage?.(message);
      };
      inner.onclose = () => {
        transport.onclose?.();
        onClosed();
      };
      inner.onerror = (error: Error) => transport.onerror?.(error);
      await inner.start();
    },
    async send(message) {
      await inner.send(message);
      if (!("method" in message) && "id" in message && message.id !== undefined) unanswered.delete(message.id);
      endWhenAnswered();
    },
    close: () => inner.close(),
  };
  return transport;
}
