import type { AvatarConfig } from "../avatar/config.ts";
import { type Citation, cite, shortReference } from "../grounding/cite.ts";
import { type VerifiedClaim, verifyClaims } from "../grounding/verify-claims.ts";
import type { Passage } from "../passages/passage.ts";
import type { Corpus, FoundPassages, Report } from "../retrieval/corpus.ts";
import { contentTokens } from "../text/tokenise.ts";
import { DEFAULT_VOICE } from "./phrase.ts";
import type { Question, Turn } from "./question.ts";
import { readClaims, type Writer, writingTask } from "./writer.ts";

const WRITING_MS = 30_000;

export type Written = { response: string; citations: Citation[]; kept: number; made: number };

/**
 * Has a model write the answer, and keeps of it what the corpus bears out. Null when nothing is left, or when the model
 * could not be reached or did not do as asked: `report` is told why.
 */
export async function writeAnswer(
  writer: Writer,
  question: Question,
  context: readonly Turn[],
  passages: readonly Passage[],
  found: FoundPassages,
  { config, corpus, report }: { config: AvatarConfig; corpus: Corpus; report: Report },
): Promise<Written | null> {
  const titleOf = (passage: Passage) => found.documents.get(passage.documentId)?.title ?? passage.documentId;
  const task = writingTask(config, config.voice ?? DEFAULT_VOICE, question.text, context, passages, titleOf);
  let text: string;
  try {
    text = await writer.write({ ...task, signal: AbortSignal.timeout(WRITING_MS) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report(`${writer.id} cannot be reached, so the answer is made of quotes.`, reason);
    return null;
  }
  const claims = readClaims(text);
  if (!claims) {
    report(`${writer.id} did not answer in the form that was asked for, so the answer is made of quotes.`);
    return null;
  }
  const titles = [...found.documents.values()].map(({ title }) => title);
  const known = new Set(contentTokens([config.name, ...titles].join(" ")).map(({ stem }) => stem));
  const verified = await verifyClaims(claims, passages, known, corpus.documentPassages);
  if (verified.claims.length === 0) return null;
  return { ...phrase(verified.claims, found), kept: verified.claims.length, made: verified.made };
}

/** Each claim with the places of its quotes behind it. */
function phrase(claims: readonly VerifiedClaim[], found: FoundPassages): { response: string; citations: Citation[] } {
  const citations: Citation[] = [];
  const sentences = claims.map(({ text, quotes }) => {
    const own = quotes.map(({ passage, start, end }) =>
      cite(passage, found.documents.get(passage.documentId), start, end),
    );
    citations.push(...own);
    const places = [...new Set(own.map(shortReference))].join("; ");
    return `${text} (${places})`;
  });
  const unique = citations.filter(
    (citation, at) =>
      citations.findIndex((other) => other.passage_id === citation.passage_id && other.quote === citation.quote) === at,
  );
  return { response: sentences.join("\n\n"), citations: unique };
}
