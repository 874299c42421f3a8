/**
 * Puts lines together again. A word that was broken at a line's end loses its hyphen, one that is written with a
 * hyphen keeps it: the document's own words, where they stand within a line, say which it is.
 */
export function createRejoin(lines: Iterable<string>): (before: string, after: string) => string {
  const seen = new Map<string, number>();
  for (const line of lines) {
    // The word at the end of a line may be half a word, and the first one the other half.
    for (const word of line.toLowerCase().match(WORD)?.slice(1, -1) ?? []) seen.set(word, (seen.get(word) ?? 0) + 1);
  }

  /** What stands between the two lines: their text is `before + result + after`, with the broken hyphen already gone. */
  return function rejoin(before, after) {
    const head = HEAD.exec(before)?.[1];
    const tail = TAIL.exec(after)?.[0];
    if (!head || !tail) return `${before}${before === "" || after === "" || DASH.test(before) ? "" : " "}${after}`;
    if (before.endsWith(SOFT_HYPHEN)) return before.slice(0, -1) + after;
    const whole = seen.get((head + tail).toLowerCase()) ?? 0;
    const hyphened = seen.get(`${head}-${tail}`.toLowerCase()) ?? 0;
    const keep = hyphened > whole || (whole === 0 && (/^\p{Lu}/u.test(tail) || /-$/.test(head)));
    return keep ? before + after : before.slice(0, -1) + after;
  };
}

const SOFT_HYPHEN = "\u00ad";
// A dash that stands close to its word stands close to the next one too.
const DASH = /\S\u2014$/;
const WORD = /[\p{L}\p{N}]+(?:[-\u2010'’][\p{L}\p{N}]+)*/gu;
const HEAD = /([\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*)[-\u2010\u00ad]$/u;
const TAIL = /^\p{L}+/u;
