import { parseLinkedInUrl } from "../identity/linkedin-url.ts";
import { fieldOfHeader, namesPeople } from "./csv-fields.ts";
import { readFirst } from "./csv-records.ts";

export type CsvHeader = {
  /** Where the first record after the header begins, in bytes of the text as UTF-8 without byte order mark. */
  readonly offset: number;
  /** The header's row, from 1. */
  readonly row: number;
  readonly delimiter: string;
  /** The header's cells, trimmed. */
  readonly names: readonly string[];
};

/** LinkedIn's preamble has 3 lines today; people put notes of their own above it. */
export const HEADER_SEARCH_LINES = 50;

/** More than any 50 lines of notes: an open quote among them must not mean reading the whole file again and again. */
export const HEADER_SEARCH_BYTES = 256 * 1024;

/** A header of a portal with a thousand columns takes less. */
const HEADER_BYTES = 64 * 1024;

/** Semicolons where the comma is the decimal mark, tabs from "Unicode text". */
const DELIMITERS = [",", ";", "\t", "|"];
const MAX_COLUMNS = 2_000;

/** Somebody's address or username, and four columns more. */
const SURE = 10_005;

type Candidate = Omit<CsvHeader, "row"> & { line: number; start: number; score: number; bare?: boolean };

/**
 * The header among the first lines of a text: of those that name a column of LinkedIn addresses or usernames the one in which
 * most is understood (a title "LinkedIn" may stand above it), and the earliest of equals; else one in which anything is
 * understood; else the first line of several cells over another of as many. A file that begins with somebody's address has no
 * header, and its columns are called by their numbers. Null where there is none: this is no CSV.
 */
export function findHeader(wholeText: string): CsvHeader | null {
  const text = wholeText.slice(0, HEADER_SEARCH_BYTES);
  let best: Candidate | undefined;
  let start = 0;
  for (let line = 1; line <= HEADER_SEARCH_LINES && start < text.length; line++) {
    for (const delimiter of DELIMITERS) {
      const candidate = candidateAt(text, start, line, delimiter);
      if (candidate && candidate.score > (best?.score ?? 0)) best = candidate;
    }
    // So much is understood of no row of people, and of no title.
    if (best && best.score >= SURE) break;
    start = nextLine(text, start);
  }
  if (best === undefined) return null;
  const { delimiter, names, bare } = best;
  if (bare) return { offset: 0, row: 0, delimiter, names: names.map((_, at) => `Column ${at + 1}`) };
  const before = text.slice(0, best.start);
  return { offset: Buffer.byteLength(before) + best.offset, row: rowAt(before, best), delimiter, names };
}

/** Understood columns weigh most where people are named; lines of which nothing is understood, by their cells alone. */
function candidateAt(text: string, start: number, line: number, delimiter: string): Candidate | null {
  const piece = text.slice(start, start + HEADER_BYTES);
  const firstLine = piece.slice(0, nextLine(piece, 0));
  const several = firstLine.includes(delimiter);
  // Of one cell there is one header, whatever parts the others.
  if (!several && delimiter !== ",") return null;
  const { records, ends } = readFirst(piece, delimiter, several ? 2 : 1);
  const names = records[0]?.map((cell) => cell.trim()) ?? [];
  // One that goes on behind the piece would be taken for shorter than it is.
  const cut = records.length < 2 && several && start + HEADER_BYTES < text.length;
  if (cut || names.length === 0 || names.length > MAX_COLUMNS || names.some((name) => name.length > 1_000)) return null;
  const fields = names.map(fieldOfHeader);
  const understood = fields.filter((field) => field !== null).length;
  const candidate = { line, start, offset: ends[0] ?? 0, delimiter, names };
  if (line === 1 && names.some(isProfile)) return { ...candidate, score: 100_000, bare: true };
  if (namesPeople(fields)) return { ...candidate, score: 10_000 + understood };
  if (!several) return null;
  if (records[1]?.length !== names.length || names.filter((name) => name !== "").length < 2) return null;
  return { ...candidate, score: understood > 0 ? 10 + understood : 1 };
}

function isProfile(cell: string): boolean {
  return cell.includes("linkedin.") && parseLinkedInUrl(cell).ok;
}

// A preamble with a stray quote has no rows to count; its lines are then what a spreadsheet shows.
function rowAt(before: string, { line, delimiter }: Candidate): number {
  const { records, ends } = readFirst(before, delimiter, Number.MAX_SAFE_INTEGER);
  return (ends.at(-1) ?? 0) === Buffer.byteLength(before) ? records.length + 1 : line;
}

function nextLine(text: string, offset: number): number {
  const end = /\r\n|\n|\r/g;
  end.lastIndex = offset;
  return end.test(text) ? end.lastIndex : text.length;
}
