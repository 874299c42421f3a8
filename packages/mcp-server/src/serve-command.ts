import { Command, CommanderError } from "commander";
import {
  createPersona,
  createShippedEmbedder,
  makeVectorsInBackground,
  PersonaError,
  processFolder,
} from "../../../lib/personas/index.ts";
import { type AvatarOptions, openAvatar, withAvatar } from "./avatars.ts";
import { embedderOf } from "./embedder.ts";
import { writerOf } from "./models.ts";
import { serveAvatar } from "./serve-avatar.ts";
import { claimStdout } from "./stdio.ts";

/** The client's first messages come first. */
const MEANING_AFTER_MS = 500;

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
    const embedder = embedderOf(process.env, folder.config);
    const makeMeaning = inBackground(() =>
      makeVectorsInBackground(store, { shipped: createShippedEmbedder(1), lead: embedder }, console.error),
    );
    const prepare = async () => {
      await processFolder(folder, store);
      makeMeaning();
    };
    const options = {
      prepare,
      incomplete: makeMeaning,
      embedder,
      writer: writerOf(process.env),
      report: console.error,
    };
    // A model that was chosen is asked for its vectors before the first question.
    if (embedder) setTimeout(makeMeaning, MEANING_AFTER_MS).unref();
    await serveAvatar(createPersona(folder.config, store, options), output);
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

/** Words can be searched in a moment; meaning follows, one run at a time. */
function inBackground(work: () => Promise<void>): () => void {
  let running = false;
  return () => {
    if (running) return;
    running = true;
    void work().finally(() => {
      running = false;
    });
  };
}
