/**
 * The operator's tool: `npm run avtrz -- <command>`. Works beside a running server or without one, on the same
 * database. Exit codes: 0 done, 1 it failed (the sentence on stderr says why), 2 the command was not understood.
 */
import path from "node:path";
import { loadEnvironmentFile } from "../lib/platform/config.ts";
import { runCommand } from "./program.ts";

loadEnvironmentFile(path.join(import.meta.dirname, "../.env"));
process.exitCode = await runCommand(process.argv.slice(2));
