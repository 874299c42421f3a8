import type { Passage } from "../passages/passage.ts";
import { type Located, locateQuote } from "./locate-quote.ts";
import { supportOf } from "./support.ts";

/** What a writer says, and the words of the corpus that it says it from. */
export type Claim = { text: string; quotes: { passage_id: string; quote: string }[] };

/** A claim that is borne out, with the places of its quotes. */
export type VerifiedClaim = { text: string; quotes: Located[] };

export type Verified = {
  claims: VerifiedClaim[];
  /** How many were made. */
  made: number;
};

const MOST_CLAIMS = 12;
const MOST_QUOTES = 4;

/**
 * Keeps of a writer's claims what the corpus bears out: a claim without a quote that stands in it is dropped, and so is
 * one whose numbers, names or negations its quotes do not have; one that says more than its quotes is replaced by them.
 */
export async function verifyClaims(
  claims: readonly Claim[],
  handed: readonly Passage[],
  known: ReadonlySet<string>,
  readDocument: (id: string) => Promise<readonly Passage[]>,
): Promise<Verified> {
  const kept: VerifiedClaim[] = [];
  for (const { text, quotes } of claims.slice(0, MOST_CLAIMS)) {
    const located: Located[] = [];
    for (const { passage_id: id, quote } of quotes.slice(0, MOST_QUOTES)) {
      // A writer that leaves words out must show each part.
      for (const part of quote.split(/\s*(?:\.\.\.|…|\[\.\.\.\])\s*/)) {
        const found = await locateQuote(part, id, handed, readDocument);
        if (found && !located.some((other) => same(other, found))) located.push(found);
      }
    }
    if (located.length === 0 || text.trim() === "") continue;
    const spans = located.map(({ passage, start, end }) => passage.text.slice(start, end));
    // What stands around a quote is the source's too: a claim may take its subject from there.
    const sentences = located.map(({ passage, start, end }) => sentenceAround(passage, start, end));
    const support = supportOf(text, spans, sentences, known);
    if (support === "unsupported") continue;
    const said = support === "loose" ? spans.map((span) => `“${span}”`).join(" ") : text.trim().replace(/\s+/g, " ");
    if (!kept.some((other) => other.text === said)) kept.push({ text: said, quotes: located });
  }
  return { claims: kept, made: claims.length };
}

function same(one: Located, other: Located): boolean {
  return one.passage.id === other.passage.id && one.start === other.start && one.end === other.end;
}

function sentenceAround(passage: Passage, start: number, end: number): string {
  const touched = passage.sentences.filter((sentence) => sentence.end > start && sentence.start < end);
  return passage.text.slice(touched[0]?.start ?? start, touched.at(-1)?.end ?? end);
}
