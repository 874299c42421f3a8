import type { Passage } from "../passages/passage.ts";

/**
 * The text and id of a passage that a caller hands in: `{ content, passage_id? }` or plain text. Null for anything else.
 */
export function readGiven(given: unknown): { content: string; id: string | null } | null {
  if (typeof given === "string") return { content: given, id: null };
  if (typeof given !== "object" || given === null) return null;
  const { content, text, passage_id: id } = given as Record<string, unknown>;
  const words = typeof content === "string" ? content : text;
  return typeof words === "string" ? { content: words, id: typeof id === "string" ? id : null } : null;
}

/** Whether the corpus says what the caller handed in: one of them holds the other, white space and quotes aside. */
export function isTrue(content: string, passage: Passage): boolean {
  const given = plain(content);
  const own = plain(passage.text);
  return given.length >= 12 && (own.includes(given) || given.includes(own));
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
