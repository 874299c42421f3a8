/**
 * `avatar-sdk <command>`: make an avatar, add its sources, index them, ask it, measure it. Exit codes: 0 done, 1 it
 * failed (the sentence on stderr says why), 2 the command was not understood.
 */
import { runCommand } from "./program.ts";

process.exitCode = await runCommand(process.argv.slice(2));
