import { Command, CommanderError } from "commander";
import { CATALOG, type ErrorCode, isAppError } from "../lib/platform/errors.ts";
import { addConnectionCommands } from "./commands/connection.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addInvitationCommands } from "./commands/invitation.ts";
import { addKeyCommands } from "./commands/key.ts";
import { addMemberCommands } from "./commands/member.ts";
import { addOrganizationCommands } from "./commands/organization.ts";
import { addPeopleCommands } from "./commands/people.ts";
import { addPersonaCommands } from "./commands/persona.ts";
import { addPrivacyCommands } from "./commands/privacy.ts";
import { addProviderCommands } from "./commands/provider.ts";
import { addSignInCommands } from "./commands/sign-in.ts";
import { addStorageCommands } from "./commands/storage.ts";
import { addSuppressionCommands } from "./commands/suppression.ts";
import { addUsageCommands } from "./commands/usage.ts";

/** Runs one command line (without the program's own name) and returns its exit code; prints to the console. */
export async function runCommand(parameters: readonly string[]): Promise<number> {
  const json = parameters.includes("--json");
  const program = createProgram(json);
  process.exitCode = 0;
  try {
    await program.parseAsync(parameters, { from: "user" });
    return process.exitCode;
  } catch (error) {
    return report(error, json);
  }
}

function createProgram(json: boolean): Command {
  const program = new Command("avtrz")
    .description(
      "Runs an Avtrz installation: workspaces, their members, keys, people, avatars, limits and who must not be shown.",
    )
    .configureHelp({ sortSubcommands: true, showGlobalOptions: true })
    .showHelpAfterError("Run it with --help to see what is expected.")
    // With --json what is wrong is told once, as JSON, by report().
    .configureOutput(json ? { writeErr: () => undefined } : {})
    .exitOverride();
  addOrganizationCommands(program);
  addKeyCommands(program);
  addSignInCommands(program);
  addMemberCommands(program);
  addInvitationCommands(program);
  addConnectionCommands(program);
  addPeopleCommands(program);
  addPersonaCommands(program);
  addUsageCommands(program);
  addSuppressionCommands(program);
  addPrivacyCommands(program);
  addStorageCommands(program);
  addProviderCommands(program);
  addDoctorCommand(program);
  for (const command of everyCommand(program)) {
    command.copyInheritedSettings(program).allowExcessArguments(false);
    // A group that had --json too would take it away from its commands.
    if (command.commands.length === 0) command.option("--json", "one JSON document on stdout, and nothing else");
  }
  return program;
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((sub) => [sub, ...everyCommand(sub)]);
}

/** Says on stderr what went wrong, as JSON when that was asked for, and returns the exit code. */
function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (json) tell("usage", error.message.replace(/^error: |^\(outputHelp\)$/, "") || "A command is missing.");
    return 2;
  }
  if (isAppError(error)) {
    if (json) tell(error.code, error.message);
    else console.error(`${error.message}\n${CATALOG[error.code].cure}`);
    return error.code === "usage" ? 2 : 1;
  }
  if (json) tell("internal", `It failed for an unforeseen reason: ${error instanceof Error ? error.message : error}`);
  else console.error(error);
  return 1;
}

function tell(code: ErrorCode, message: string): void {
  console.error(JSON.stringify({ error: { code, message, cure: CATALOG[code].cure } }, null, 2));
}
