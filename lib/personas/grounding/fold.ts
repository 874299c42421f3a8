/** A text as quotes are compared: letters and digits alone, in lower case, each knowing where it stood. */
export type Folded = {
  text: string;
  /** For every UTF-16 unit of `text`, where it began in the original. */
  from: Uint32Array;
  /** And where that character ended. */
  to: Uint32Array;
};

/**
 * Folds what differs between a source and a faithful copy: case, ligatures, kinds of quotes and dashes, soft hyphens,
 * words broken at a line's end, white space, punctuation. Words are parted by one space.
 */
export function fold(original: string): Folded {
  const units: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let gap = false;
  let at = 0;
  for (const character of original) {
    const end = at + character.length;
    if (character === "\u00ad" || /^[-\u2010]\s*\n/.test(original.slice(at, at + 8))) {
      // The rest of the word follows, perhaps after a line's end.
      gap = false;
      at = end;
      continue;
    }
    const letters = character
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "");
    if (letters === "") {
      // An apostrophe parts no word, and the end of a line after a hyphen none either.
      if (!/['’ʼ]/.test(character) && !(character === "\n" && /[-\u2010]\s*$/.test(original.slice(0, at))))
        gap = units.length > 0;
    } else {
      if (gap) push(" ", at, at);
      gap = false;
      for (const letter of letters) push(letter, at, end);
    }
    at = end;
  }
  return { text: units.join(""), from: Uint32Array.from(from), to: Uint32Array.from(to) };

  function push(letter: string, start: number, end: number): void {
    for (let unit = 0; unit < letter.length; unit++) {
      units.push(letter[unit] ?? "");
      from.push(start);
      to.push(end);
    }
  }
}

/** Where a quote stands in a text, letter for letter but for what `fold` folds: `[start, end)`, or null. */
export function findQuote(quote: string, source: Folded): [start: number, end: number] | null {
  const wanted = fold(quote).text;
  if (wanted === "") return null;
  for (let at = source.text.indexOf(wanted); at >= 0; at = source.text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    const whole = (at === 0 || source.text[at - 1] === " ") && (end === source.text.length || source.text[end] === " ");
    if (whole) return [source.from[at] ?? 0, source.to[end - 1] ?? 0];
  }
  return null;
}
