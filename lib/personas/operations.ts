import { z } from "zod";
import type { Persona } from "./persona.ts";
import { PersonaError } from "./problem.ts";

/** What can be asked of an avatar. Its wire contract is the Avatar SDK's MCP specification, word for word. */
export type Operation = {
  name: string;
  title: string;
  description: string;
  /** As the specification has it, which is what clients are shown. */
  inputSchema: Readonly<Record<string, unknown>> & { type: "object" };
  /** JSON Schema of the answer. */
  outputSchema: Readonly<Record<string, unknown>> & { type: "object" };
  /** Throws PersonaError; `invalid_input` names the argument. */
  run: (persona: Persona, input: unknown) => Promise<Record<string, unknown>>;
};

const MOST_PASSAGES = 50;
const MOST_CHARACTERS = 8_000;

const text = (what: string) =>
  z
    .string(`${what} must be text`)
    .max(MOST_CHARACTERS, `at most ${MOST_CHARACTERS} characters`)
    .refine((value) => value.trim() !== "", "must not be empty");

const wholeNumber = z
  .int("must be a whole number")
  .min(1, "must be 1 or more")
  .transform((value) => Math.min(value, MOST_PASSAGES));

const share = z.number("must be a number").min(0, "must be from 0 to 1").max(1, "must be from 0 to 1");

const turns = z.array(z.object({ role: z.string(), content: z.string() }), "must be a list of { role, content }");

/** Names that versions of the original had for the same. */
const QueryInput = z.preprocess(
  renamed({ max_results: "limit", passage_limit: "limit", min_score: "threshold" }),
  z.object({ query: text("query"), limit: wholeNumber.default(5), threshold: share.default(0.7) }),
);
const AnswerInput = z.preprocess(
  renamed({ conversation_context: "context", conversation: "context" }),
  z.object({
    context: turns.default([]),
    question: text("question"),
    passages: z.array(z.unknown(), "must be a list").default([]),
  }),
);

const page = z.int().nullable().describe("The page; null where the source has none.");
const place = {
  page_label: z.string().nullable().describe("The number printed on the page."),
  location: z.string().nullable().describe("Heading and paragraph, or a time."),
  year: z.int().nullable(),
  document_id: z.string(),
  passage_id: z.string(),
};

const notice = z.string().optional().describe("What could not be used, such as an embedding model that is down.");

const QueryOutput = z.object({
  notice,
  passages: z.array(
    z.object({
      content: z.string(),
      source: z.string(),
      page,
      score: z.number().describe("How likely the passage is relevant (0-1)"),
      ...place,
    }),
  ),
});

const AnswerOutput = z.object({
  response: z.string(),
  citations: z.array(
    z.object({ source: z.string(), page, quote: z.string().describe("Verbatim, as it stands there."), ...place }),
  ),
  confidence: z.enum(["high", "medium", "low"]),
  refusal: z.string().optional().describe("Why there is no answer."),
  notice,
});

const InfoOutput = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  expertise: z.array(z.string()),
  corpus_size: z.int().describe("Words"),
  document_count: z.int(),
});

const outputOf = (schema: z.ZodObject) => z.toJSONSchema(schema, { io: "output" }) as Operation["outputSchema"];

export const OPERATIONS: readonly Operation[] = [
  {
    name: "query_corpus",
    title: "Search the corpus",
    description: "Retrieve relevant passages from the avatar's corpus using semantic search.",
    inputSchema: {
      type: "object",
      properties: {
        query: { type: "string", description: "The search query to find relevant passages" },
        limit: { type: "integer", default: 5, description: "Maximum number of passages to return" },
        threshold: { type: "number", default: 0.7, description: "Minimum similarity score (0-1)" },
      },
      required: ["query"],
    },
    outputSchema: outputOf(QueryOutput),
    async run(persona, input) {
      const { query, limit, threshold } = parse(QueryInput, input);
      const { report, notice } = listen();
      const passages = await persona.query(query, { limit, threshold, report });
      return { passages, ...notice() };
    },
  },
  {
    name: "generate_response",
    title: "Ask the avatar",
    description: "Generate a grounded response based on retrieved passages and conversation context.",
    inputSchema: {
      type: "object",
      properties: {
        context: {
          type: "array",
          items: { type: "object", properties: { role: { type: "string" }, content: { type: "string" } } },
          description: "Conversation history for context",
        },
        question: { type: "string", description: "The current question or topic to respond to" },
        passages: { type: "array", description: "Retrieved passages to ground the response" },
      },
      required: ["question"],
    },
    outputSchema: outputOf(AnswerOutput),
    async run(persona, input) {
      const { question, context, passages } = parse(AnswerInput, input);
      const { report, notice } = listen();
      const answer = await persona.answer(question, { context, passages, report });
      return { ...answer, ...notice() };
    },
  },
  {
    name: "get_avatar_info",
    title: "About the avatar",
    description: "Return metadata about the avatar.",
    inputSchema: { type: "object", properties: {} },
    outputSchema: outputOf(InfoOutput),
    run: (persona) => persona.info(),
  },
];

/** Collects what could not be used, for clients do not see the server's log. */
export function listen() {
  const heard = new Set<string>();
  return {
    report: (sentence: string) => void heard.add(sentence),
    notice: () => (heard.size > 0 ? { notice: [...heard].join(" ") } : {}),
  };
}

/** Takes a value by its older name where the newer one is not there. */
function renamed(aliases: Readonly<Record<string, string>>) {
  return (input: unknown): unknown => {
    if (typeof input !== "object" || input === null || Array.isArray(input)) return input ?? {};
    const given: Record<string, unknown> = { ...input };
    for (const [alias, name] of Object.entries(aliases)) given[name] ??= given[alias];
    // Clients write null for what they leave out.
    for (const [name, value] of Object.entries(given)) if (value === null) delete given[name];
    return given;
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const parameter = issue?.path.map(String).join(".") || "arguments";
  throw new PersonaError("invalid_input", { parameter, expected: issue?.message ?? "see the input schema" });
}
