import type { Place } from "../ingest/document.ts";
import { type NormalisedDocument, placeAt } from "../ingest/normalise.ts";
import { type Passage, passageId } from "./passage.ts";
import { splitSentences } from "./sentences.ts";

/** About so many words a passage has at most. */
const MAX_WORDS = 195;
/** A sentence of more characters is cut where a clause ends: lists and tables know no full stop. */
const MAX_SENTENCE = 1_500;

/** A sentence in offsets of the document. */
type Located = { start: number; end: number; words: number; place: Place };
/** Sentences that may share a passage: below one heading and, where there are pages, on one page. */
type Stretch = { section: string; page: string; words: number; sentences: Located[] };

/**
 * Cuts a document into passages of whole sentences, never across a heading. A passage has one page, on which each of
 * its sentences begins, so that whoever cites the passage cites the right one.
 */
export function packPassages(documentId: string, document: NormalisedDocument): Passage[] {
  const passages: Passage[] = [];
  for (const { section, words, sentences } of stretches(document)) {
    // Of equal size, rather than full ones and a rest.
    const size = words / Math.ceil(words / MAX_WORDS);
    let before = 0;
    let group: Located[] = [];
    let number = 0;
    const flush = () => {
      if (group.length > 0) passages.push(toPassage(documentId, passages.length, section, document.text, group));
      group = [];
    };
    for (const sentence of sentences) {
      const belongs = Math.floor((before + sentence.words / 2) / size);
      if (belongs !== number) flush();
      number = belongs;
      group.push(sentence);
      before += sentence.words;
    }
    flush();
  }
  return passages;
}

function* stretches(document: NormalisedDocument): Generator<Stretch> {
  let open: Stretch | null = null;
  for (const { start, end, section, paragraph } of document.paragraphs) {
    for (const [from, to] of splitSentences(document.text.slice(start, end)).flatMap((span) =>
      cut(document.text.slice(start, end), span),
    )) {
      const found = placeAt(document.marks, start + from);
      const page = `${found.page} ${found.label}`;
      const words = countWords(document.text, start + from, start + to);
      if (open && (open.section !== section || open.page !== page)) {
        yield open;
        open = null;
      }
      open ??= { section, page, words: 0, sentences: [] };
      open.words += words;
      open.sentences.push({ start: start + from, end: start + to, words, place: locate(found, paragraph) });
    }
  }
  if (open) yield open;
}

/** Where a format has no pages, the number of the paragraph below its heading leads to the words. */
function locate(place: Place, paragraph: number): Place {
  if (place.page !== null || place.label !== null || place.location !== null) return place;
  return { ...place, location: `paragraph ${paragraph}` };
}

function cut(text: string, [start, end]: [number, number]): [number, number][] {
  if (end - start <= MAX_SENTENCE) return [[start, end]];
  const head = text.slice(start, start + MAX_SENTENCE);
  const at = Math.max(head.lastIndexOf("; "), head.lastIndexOf(": "), head.lastIndexOf(", "));
  const split = start + (at > MAX_SENTENCE / 4 ? at + 1 : Math.max(head.lastIndexOf(" "), MAX_SENTENCE / 2));
  const rest = text.slice(split, end);
  return [[start, split], ...cut(text, [split + rest.length - rest.trimStart().length, end])];
}

function countWords(text: string, start: number, end: number): number {
  let words = 1;
  for (let at = start + 1; at < end; at++) {
    if (text.charCodeAt(at) === 32 && text.charCodeAt(at - 1) !== 32) words++;
  }
  return words;
}

function toPassage(documentId: string, position: number, section: string, text: string, group: Located[]): Passage {
  const start = group[0]?.start ?? 0;
  return {
    id: passageId(documentId, position),
    documentId,
    position,
    section,
    start,
    text: text.slice(start, group.at(-1)?.end ?? start),
    sentences: group.map((each) => ({ start: each.start - start, end: each.end - start, place: each.place })),
  };
}
