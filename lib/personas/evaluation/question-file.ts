import { z } from "zod";
import { PersonaError } from "../problem.ts";

const Gold = z.looseObject({
  document: z.string().optional(),
  document_id: z.string().optional(),
  page: z.number().nullish(),
  page_end: z.number().nullish(),
  label: z.string().nullish(),
  label_end: z.string().nullish(),
  quote: z.string(),
});

/** A question to an avatar, as a line of its evaluation file has it. */
const EvaluationQuestion = z.looseObject({
  id: z.string(),
  question: z.string(),
  kind: z.string().default("answerable"),
  style: z.string().nullish(),
  context: z.array(z.object({ role: z.string(), content: z.string() })).default([]),
  gold: z.array(Gold).default([]),
  gold_mode: z.enum(["any", "all"]).default("any"),
  must_include: z.array(z.string()).default([]),
  must_not_include: z.array(z.string()).default([]),
  passages: z.array(z.unknown()).default([]),
});
export type EvaluationQuestion = z.output<typeof EvaluationQuestion>;

/** One JSON object a line. Throws PersonaError `broken_evaluation`, which names the line. */
export function parseQuestions(source: string, file: string): EvaluationQuestion[] {
  const questions = source.split("\n").flatMap((line, at) => {
    if (line.trim() === "") return [];
    const parsed = EvaluationQuestion.safeParse(parseLine(line, at, file));
    if (parsed.success) return [parsed.data];
    const issue = parsed.error.issues[0];
    throw broken(file, at, `${issue?.path.join(".")}: ${issue?.message}`);
  });
  if (questions.length === 0)
    throw new PersonaError("broken_evaluation", { file, reason: "there is no question in it." });
  return questions;
}

function parseLine(line: string, at: number, file: string): unknown {
  try {
    return JSON.parse(line.replace(/^\ufeff/, ""));
  } catch {
    throw broken(file, at, "it is no JSON.");
  }
}

function broken(file: string, at: number, reason: string): PersonaError {
  return new PersonaError("broken_evaluation", { file, reason: `line ${at + 1}: ${reason}` });
}

/** A set of passages with questions to them. */
const EvaluationSet = z.looseObject({
  passages: z.array(z.looseObject({ id: z.string(), title: z.string().default("set"), text: z.string() })),
  questions: z.array(
    z.looseObject({
      id: z.string(),
      text: z.string(),
      relevant: z.array(z.string()).default([]),
      answers: z
        .array(z.union([z.string(), z.looseObject({ text: z.string() }).transform(({ text }) => text)]))
        .default([]),
      unanswerable: z.boolean().nullish(),
    }),
  ),
});
export type EvaluationSet = z.output<typeof EvaluationSet>;

/** Throws PersonaError `broken_evaluation`. */
export function parseSet(source: string, file: string): EvaluationSet {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new PersonaError("broken_evaluation", { file, reason: "it is no JSON." });
  }
  const parsed = EvaluationSet.safeParse(value);
  if (parsed.success && parsed.data.passages.length > 0) return parsed.data;
  const issue = parsed.error?.issues[0];
  const reason = issue ? `${issue.path.join(".")}: ${issue.message}` : "there is no passage in it.";
  throw new PersonaError("broken_evaluation", { file, reason });
}
