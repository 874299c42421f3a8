import { open } from "node:fs/promises";
import { unreadable } from "./file-access.ts";

/** A physical line of a vCard file, as bytes in Latin-1 (each property has a charset of its own), and its number from 1. */
export type RawLine = { readonly text: string; readonly line: number };

/** Consecutive lines: a line at a time would cost more in waiting than in work. */
export type LineBatch = { readonly first: number; readonly texts: readonly string[] };

/** The raw text of one card, between BEGIN:VCARD and END:VCARD. */
export type RawCard = {
  /** From 1, counting every card of the file, good or bad. */
  readonly number: number;
  /** The line of its BEGIN:VCARD. */
  readonly line: number;
  readonly lines: readonly RawLine[];
  /** What is wrong with the card as a whole, to follow it in a sentence; its lines are then incomplete. */
  readonly problem?: string;
};

/** A photo of MAX_PHOTO_BYTES in base64 and all else that a card may hold. */
export const MAX_CARD_BYTES = 8 * 1024 * 1024;

const BEGIN = /^\s*(?:[\w-]+\.)?BEGIN\s*:\s*VCARD\s*$/i;
const END = /^\s*(?:[\w-]+\.)?END\s*:\s*VCARD\s*$/i;
const AGENT = /^(?:[\w-]+\.)?AGENT\b[^:]*:\s*$/i;

/** More than BEGIN:VCARD with a group and spaces: most lines are base64, and need not be looked at. */
const MAX_MARK_LENGTH = 64;

/** Whether a line begins a card. */
export function beginsCard(text: string): boolean {
  return text.length <= MAX_MARK_LENGTH && BEGIN.test(text);
}

function endsCard(text: string): boolean {
  return text.length <= MAX_MARK_LENGTH && END.test(text);
}

/**
 * The lines of a file, read in chunks: LF, CRLF or CR; UTF-16 becomes UTF-8, a byte order mark goes. A line longer
 * than MAX_CARD_BYTES loses its end. Throws file_unreadable.
 */
export async function* readLines(file: string): AsyncGenerator<LineBatch> {
  let first = 1;
  let rest = "";
  try {
    for await (const chunk of latin1Chunks(file)) {
      let more = chunk;
      if (rest.length > MAX_CARD_BYTES) {
        const end = chunk.search(/[\r\n]/);
        if (end < 0) continue;
        more = chunk.slice(end);
      }
      // A CR at the end of a chunk may be half of a CRLF.
      const text = rest + more;
      const keep = text.endsWith("\r") ? 1 : 0;
      const parts = text.slice(0, text.length - keep).split(/\r\n|\n|\r/);
      rest = (parts.pop() ?? "") + text.slice(text.length - keep);
      if (parts.length === 0) continue;
      yield { first, texts: parts };
      first += parts.length;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (rest !== "") yield { first, texts: [rest.replace(/\r$/, "")] };
}

async function* latin1Chunks(file: string): AsyncGenerator<string> {
  const handle = await open(file);
  let decoder: TextDecoder | undefined;
  let first = true;
  for await (const chunk of handle.createReadStream({ highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let bytes = chunk;
    if (first) {
      first = false;
      if (bytes[0] === 0xff && bytes[1] === 0xfe) decoder = new TextDecoder("utf-16le");
      if (bytes[0] === 0xfe && bytes[1] === 0xff) decoder = new TextDecoder("utf-16be");
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    const utf8 = decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
    yield utf8.toString("latin1");
  }
}

/**
 * The cards among lines. A card without an end, or too big, is given with its problem, and the next one is found
 * all the same; a card in a card (AGENT of version 2.1) is left out; what stands between cards is passed over.
 */
export async function* readCards(batches: AsyncIterable<LineBatch>): AsyncGenerator<RawCard> {
  const reader = new CardReader();
  for await (const { first, texts } of batches) {
    for (const [at, text] of texts.entries()) {
      const card = reader.push(text, first + at);
      if (card !== undefined) yield card;
    }
  }
  const last = reader.end();
  if (last !== undefined) yield last;
}

class CardReader {
  #count = 0;
  #card: { number: number; line: number; lines: RawLine[] } | undefined;
  #bytes = 0;
  #agents = 0;
  #previous = "";

  /** Takes the next line; gives the card that it ends. */
  push(text: string, line: number): RawCard | undefined {
    const previous = this.#previous;
    this.#previous = text;
    if (beginsCard(text)) return this.#begin(line, previous);
    const card = this.#card;
    if (card === undefined) return undefined;
    if (endsCard(text)) {
      if (this.#agents > 0) {
        this.#agents--;
        return undefined;
      }
      this.#card = undefined;
      if (this.#bytes <= MAX_CARD_BYTES) return card;
      return { ...card, problem: `is larger than ${MAX_CARD_BYTES >> 20} MB` };
    }
    if (this.#agents > 0) return undefined;
    this.#bytes += text.length;
    if (this.#bytes > MAX_CARD_BYTES) card.lines.length = 0;
    else card.lines.push({ text, line });
    return undefined;
  }

  end(): RawCard | undefined {
    return this.#card && { ...this.#card, problem: "has no END:VCARD: the file ends in the middle of it" };
  }

  #begin(line: number, previous: string): RawCard | undefined {
    const card = this.#card;
    if (card !== undefined && AGENT.test(previous)) {
      this.#agents++;
      return undefined;
    }
    this.#card = { number: ++this.#count, line, lines: [] };
    this.#bytes = 0;
    this.#agents = 0;
    return card && { ...card, problem: `has no END:VCARD before line ${line}` };
  }
}
