import { lexer, type Token, type Tokens } from "marked";

/** A fenced block of a page: ```` ```bash start ```` has language `bash` and kind `start`. */
export type Sample = {
  page: string;
  language: string;
  kind: string;
  code: string;
  /** The block after it that shows what it answers. */
  answer: { language: string; code: string } | null;
};

/** Every fenced block of a page, answers with what they answer. Throws for an answer to nothing. */
export function samplesOf(page: string, markdown: string): Sample[] {
  const blocks = codeIn(lexer(markdown));
  const fences = markdown.match(/^ *```/gm)?.length ?? 0;
  if (fences !== blocks.length * 2) throw new Error(`${page}: ${fences} fences, but ${blocks.length} blocks`);
  const samples: Sample[] = [];
  for (const { lang = "", text } of blocks) {
    const [language = "", kind = ""] = lang.split(" ");
    if (kind !== "answer") {
      samples.push({ page, language, kind, code: text, answer: null });
      continue;
    }
    const asked = samples.at(-1);
    if (!asked || asked.answer) throw new Error(`${page}: an answer to nothing:\n${text}`);
    asked.answer = { language, code: text };
  }
  return samples;
}

function codeIn(tokens: Token[]): Tokens.Code[] {
  return tokens.flatMap((token): Tokens.Code[] => {
    if (token.type === "code") return [token as Tokens.Code];
    if (token.type === "list") return (token as Tokens.List).items.flatMap((item) => codeIn(item.tokens));
    return "tokens" in token && token.tokens ? codeIn(token.tokens) : [];
  });
}
