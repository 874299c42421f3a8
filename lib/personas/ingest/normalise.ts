import { NOWHERE, type Place, type ReadDocument } from "./document.ts";

/** From `start` on (in UTF-16 units) the text stands in this place. */
export type Mark = { start: number; place: Place };

/** A paragraph of the normalised text, under the headings it stands below. */
export type Section = { start: number; end: number; section: string; paragraph: number };

/** A document as one text, with the map from every offset to its page. */
export type NormalisedDocument = { text: string; marks: Mark[]; paragraphs: Section[] };

const BETWEEN = "\n\n";
const CONTENTS = /^(table of )?contents$/i;

/** Puts the blocks to one text. Tables of contents are left out: they name what stands elsewhere. */
export function normalise({ blocks }: ReadDocument): NormalisedDocument {
  const pieces: string[] = [];
  const marks: Mark[] = [];
  const paragraphs: Section[] = [];
  const path: { level: number; title: string }[] = [];
  let length = 0;
  let inSection = 0;
  let place: Place | null = null;
  for (const block of blocks) {
    if (block.kind === "heading") {
      while ((path.at(-1)?.level ?? 0) >= block.level) path.pop();
      path.push({ level: block.level, title: block.text });
      inSection = 0;
      continue;
    }
    if (CONTENTS.test(path.at(-1)?.title ?? "")) continue;
    const start = length;
    for (const run of block.runs) {
      if (!run.text) continue;
      if (!place || !samePlace(place, run.place)) {
        place = run.place;
        marks.push({ start: length, place });
      }
      pieces.push(run.text);
      length += run.text.length;
    }
    if (length === start) continue;
    inSection++;
    paragraphs.push({ start, end: length, section: path.map(({ title }) => title).join(" › "), paragraph: inSection });
    pieces.push(BETWEEN);
    length += BETWEEN.length;
  }
  return { text: pieces.join(""), marks, paragraphs };
}

/** Where the character at this offset stands. */
export function placeAt(marks: readonly Mark[], offset: number): Place {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return marks[low]?.place ?? NOWHERE;
}

function samePlace(one: Place, other: Place): boolean {
  return one.page === other.page && one.label === other.label && one.location === other.location;
}
