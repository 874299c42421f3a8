import type { Passage } from "../passages/passage.ts";
import { parsePassageId } from "../passages/passage.ts";
import { type Folded, findQuote, fold } from "./fold.ts";

/** A quote that stands in the corpus: `[start, end)` of the passage's text. */
export type Located = { passage: Passage; start: number; end: number };

const LEAST_CHARACTERS = 12;
const LEAST_WORDS = 3;
/** What a full stop or a closing mark behind the words belongs to. */
const CLOSING = /^[.!?…]+["'”’)\]]*|^["'”’)\]]+/;

/**
 * Looks a quote up: in the passage that was named, beside it, among what was handed to the writer, and in the whole work
 * at last. What is returned is the source's own wording. Null when it stands nowhere, or is too short to mean anything.
 */
export async function locateQuote(
  quote: string,
  passageId: string,
  handed: readonly Passage[],
  readDocument: (id: string) => Promise<readonly Passage[]>,
): Promise<Located | null> {
  const folded = fold(quote).text;
  if (folded.length < LEAST_CHARACTERS || folded.split(" ").length < LEAST_WORDS) return null;
  const named = handed.find(({ id }) => id === passageId);
  const nearby = named
    ? handed.filter(
        ({ documentId, position }) => documentId === named.documentId && Math.abs(position - named.position) === 1,
      )
    : [];
  for (const passage of [...(named ? [named] : []), ...nearby, ...handed]) {
    const found = locateIn(quote, passage);
    if (found) return found;
  }
  const document = named?.documentId ?? parsePassageId(passageId)?.documentId;
  for (const passage of document ? await readDocument(document) : []) {
    const found = locateIn(quote, passage);
    if (found) return found;
  }
  return null;
}

const folds = new WeakMap<Passage, Folded>();

function locateIn(quote: string, passage: Passage): Located | null {
  let folded = folds.get(passage);
  if (!folded) {
    folded = fold(passage.text);
    folds.set(passage, folded);
  }
  const span = findQuote(quote, folded);
  if (!span) return null;
  const [start, end] = span;
  const closing = CLOSING.exec(passage.text.slice(end))?.[0] ?? "";
  return { passage, start, end: /[.!?]["'”’)\]]*\s*$/.test(quote) ? end + closing.length : end };
}
