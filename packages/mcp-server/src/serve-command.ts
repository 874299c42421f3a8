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
import { folderLock, withLock } from "./lock.ts";
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
    const { id, config, folder, store, hosted } = await openAvatar(program.opts<AvatarOptions>());
    const embedder = embedderOf(process.env, config);
    const makeMeaning = hosted
      ? once(() => console.error(WORDS_ALONE(id)))
      : inBackground(() =>
          makeVectorsInBackground(store, { shipped: createShippedEmbedder(1), lead: embedder }, console.error),
        );
    const prepare = async () => {
      if (folder) await withLock(folderLock(folder.root), id, () => processFolder(folder, store));
      makeMeaning();
    };
    const options = {
      // A hosted corpus is another's to make.
      ...(hosted ? {} : { prepare }),
      incomplete: makeMeaning,
      embedder,
      writer: writerOf(process.env),
      report: console.error,
    };
    // A model that was chosen is asked for its vectors before the first question.
    if (embedder && !hosted) setTimeout(makeMeaning, MEANING_AFTER_MS).unref();
    await serveAvatar(createPersona(config, store, options), output);
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

const WORDS_ALONE = (id: string) =>
  `The hosted store of ${id} has no vectors for all of its corpus that this program can use, so words alone are compared. avatar-sdk process makes them, with SUPABASE_SERVICE_KEY.`;

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
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
