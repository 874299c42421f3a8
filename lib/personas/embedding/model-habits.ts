/** What a model's card asks to be put before a question, and before a passage. */
export type Habit = { question: string; passage: string };

const FOR_SEARCH = "Represent this sentence for searching relevant passages: ";

const HABITS: readonly [RegExp, Habit][] = [
  [/nomic-embed-text/, { question: "search_query: ", passage: "search_document: " }],
  [/(?:^|[/-])e5-(?!.*instruct)/, { question: "query: ", passage: "passage: " }],
  [/arctic-embed-?(?:.*v2|2)/, { question: "query: ", passage: "" }],
  [/mxbai-embed|arctic-embed|bge-(?:small|base|large)-en/, { question: FOR_SEARCH, passage: "" }],
  [/embeddinggemma/, { question: "task: search result | query: ", passage: "title: none | text: " }],
  [
    /qwen3-embedding/,
    {
      question: "Instruct: Given a question, retrieve passages that answer it\nQuery: ",
      passage: "",
    },
  ],
];

/** By the model's name, as servers have it; nothing for a model that wants the text alone. */
export function habitOf(model: string): Habit {
  const name = model.toLowerCase();
  return HABITS.find(([pattern]) => pattern.test(name))?.[1] ?? { question: "", passage: "" };
}
