/**
 * `mcp-server --avatar NAME [--avatars DIR]`: an avatar as an MCP server on stdin and stdout, in both eras of the
 * protocol. stdout has JSON-RPC and nothing else. Exit codes: 0 the client hung up or asked to stop, 1 the avatar
 * cannot be served (the sentence on stderr says why), 2 the command line was not understood.
 */
import { serveCommand } from "./serve-command.ts";

await serveCommand(process.argv.slice(2));
