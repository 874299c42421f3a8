import type { Command } from "commander";
import { createPersona } from "../../../../lib/personas/index.ts";
import { type AvatarOptions, openAvatar, withAvatar } from "../avatars.ts";
import { embedderOf } from "../embedder.ts";
import { writerOf } from "../models.ts";

export function addAskCommand(program: Command): void {
  withAvatar(program.command("ask <question...>"))
    .description("ask the avatar; the answer is cited, or says that the corpus does not cover it")
    .option("--json", "one JSON document on stdout, and nothing else")
    .action(async (words: string[], options: AvatarOptions & { json?: boolean }) => {
      const { config, store } = await openAvatar(options);
      const persona = createPersona(config, store, {
        embedder: embedderOf(process.env, config),
        writer: writerOf(process.env),
        report: console.error,
      });
      const answer = await persona.answer(words.join(" "));
      if (options.json) console.log(JSON.stringify(answer, null, 2));
      else console.log(answer.refusal ? answer.response : `${answer.response}\n\nConfidence: ${answer.confidence}`);
    });
}
