import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Command } from "commander";
import {
  createShippedEmbedder,
  type EvaluationReport,
  evaluateAvatar,
  evaluateSet,
  PersonaError,
  parseQuestions,
  parseSet,
  printReport,
} from "../../../../lib/personas/index.ts";
import { type AvatarOptions, openAvatar, withAvatar } from "../avatars.ts";
import { embedderOf } from "../embedder.ts";
import { createProgressBar } from "../progress-bar.ts";

type EvalOptions = AvatarOptions & { set?: string; vectors: boolean; json?: boolean };

export function addEvalCommand(program: Command): void {
  withAvatar(program.command("eval [questions.jsonl]"))
    .description("measure an avatar by its evaluation file, or a set of passages and questions")
    .option("--set <file>", "a set (.json or .json.gz) in place of an avatar")
    .option("--no-vectors", "a set by words alone")
    .option("--json", "one JSON document on stdout, and nothing else")
    .action(async (questions: string | undefined, options: EvalOptions) => {
      const report = await measure(questions, options);
      console.log(options.json ? JSON.stringify(report, null, 2) : printReport(report));
    });
}

async function measure(file: string | undefined, options: EvalOptions): Promise<EvaluationReport> {
  const bar = createProgressBar();
  try {
    if (options.set) {
      const set = parseSet(await readText(options.set), options.set);
      const embedders = { shipped: createShippedEmbedder(), lead: embedderOf(process.env, {}) };
      return await evaluateSet(set, embedders, {
        vectors: options.vectors,
        onProgress: (step, share) => bar.show(share, step),
      });
    }
    if (!file)
      throw new PersonaError("invalid_input", {
        parameter: "questions.jsonl",
        expected: "name a file, or a set with --set",
      });
    const questions = parseQuestions(await readText(file), file);
    const { config, store } = await openAvatar(options);
    const embedders = { shipped: createShippedEmbedder(), lead: embedderOf(process.env, config) };
    return await evaluateAvatar(config, store, embedders, questions, (done) =>
      bar.show(done / questions.length, `question ${done} of ${questions.length}`),
    );
  } finally {
    bar.clear();
  }
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PersonaError("broken_evaluation", { file, reason }, { cause: error });
  }
}
