import { Command, CommanderError } from "commander";
import {
  createPersona,
  createShippedEmbedder,
  embedCorpus,
  PersonaError,
  processFolder,
} from "../../../lib/personas/index.ts";
import { type AvatarOptions, openAvatar, withAvatar } from "./avatars.ts";
import { writerOf } from "./models.ts";
import { serveAvatar } from "./serve-avatar.ts";
import { claimStdout } from "./stdio.ts";

/** Serves until the client hangs up. Sets the exit code. */
export async function serveCommand(parameters: readonly string[]): Promise<void> {
  const output = claimStdout();
  const program = withAvatar(new Command("mcp-server"))
    .description("Serves an avatar over the Model Context Protocol on stdin and stdout.")
    .configureOutput({ writeOut: (text) => process.stderr.write(text) })
    .showHelpAfterError("Run it with --help to see what is expected.")
    .allowExcessArguments(false)
    .exitOverride();
  try {
    program.parse(parameters, { from: "user" });
    const { folder, store } = await openAvatar(program.opts<AvatarOptions>());
    // Words can be searched in a moment; meaning follows in the background.
    const prepare = async () => {
      await processFolder(folder, store);
      void embedCorpus(store, createShippedEmbedder(1)).catch((error: unknown) => console.error(error));
    };
    await serveAvatar(
      createPersona(folder.config, store, { prepare, writer: writerOf(process.env), report: console.error }),
      output,
    );
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof PersonaError) {
      console.error(error.message);
      process.exitCode = error.code === "invalid_input" ? 2 : 1;
    } else {
      console.error(error);
      process.exitCode = 1;
    }
  }
}
