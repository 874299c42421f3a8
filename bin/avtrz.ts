/**
 * The operator's tool: `npm run avtrz -- <command>`. Works beside a running server or without one, on the same
 * database. Exit codes: 0 done, 1 it failed (the sentence on stderr says why), 2 the command was not understood.
 */
import path from "node:path";
import { Command, CommanderError } from "commander";
import { loadEnvironmentFile } from "../lib/platform/config.ts";
import { CATALOG, isAppError } from "../lib/platform/errors.ts";
import { addKeyCommands } from "./commands/key.ts";
import { addOrganizationCommands } from "./commands/organization.ts";
import { addPeopleCommands } from "./commands/people.ts";
import { addProviderCommands } from "./commands/provider.ts";
import { addSuppressionCommands } from "./commands/suppression.ts";
import { addUsageCommands } from "./commands/usage.ts";

loadEnvironmentFile(path.join(import.meta.dirname, "../.env"));

const program = new Command("avtrz")
  .description("Runs an Avtrz installation: workspaces, keys, people, limits and who must not be shown.")
  .configureHelp({ sortSubcommands: true, showGlobalOptions: true })
  .showHelpAfterError("Run it with --help to see what is expected.")
  .exitOverride();
addOrganizationCommands(program);
addKeyCommands(program);
addPeopleCommands(program);
addUsageCommands(program);
addSuppressionCommands(program);
addProviderCommands(program);
for (const command of leaves(program))
  command.exitOverride().option("--json", "one JSON document on stdout, and nothing else");

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** The commands that do something; a group that had --json too would take it away from them. */
function leaves(command: Command): Command[] {
  return command.commands.flatMap((sub) => (sub.commands.length > 0 ? leaves(sub) : [sub]));
}

/** Says what went wrong, as JSON when that was asked for, and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const json = process.argv.includes("--json");
  if (!isAppError(error)) {
    if (json)
      console.log(
        JSON.stringify({
          error: { code: "internal", message: "It failed for an unforeseen reason; stderr has the details." },
        }),
      );
    console.error(error);
    return 1;
  }
  const { cure } = CATALOG[error.code];
  if (json) console.log(JSON.stringify({ error: { code: error.code, message: error.message, cure } }, null, 2));
  else console.error(`${error.message}\n${cure}`);
  return error.code === "usage" ? 2 : 1;
}
