import { Command, CommanderError } from "commander";
import { PersonaError } from "../../../lib/personas/index.ts";
import { addAddCommand } from "./commands/add.ts";
import { addAskCommand } from "./commands/ask.ts";
import { addEvalCommand } from "./commands/eval.ts";
import { addInitCommand } from "./commands/init.ts";
import { addProcessCommand } from "./commands/process.ts";

/** Runs one command line (without the program's own name) and returns its exit code. */
export async function runCommand(parameters: readonly string[]): Promise<number> {
  const program = new Command("avatar-sdk")
    .description("Conversational avatars: a person's writings in, cited answers out.")
    .showHelpAfterError("Run it with --help to see what is expected.")
    .exitOverride();
  addInitCommand(program);
  addAddCommand(program);
  addProcessCommand(program);
  addAskCommand(program);
  addEvalCommand(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    process.exitCode = 0;
    await program.parseAsync(parameters, { from: "user" });
    return process.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof PersonaError) {
      console.error(error.message);
      return error.code === "invalid_input" ? 2 : 1;
    }
    console.error(error);
    return 1;
  }
}
