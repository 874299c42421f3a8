import { readFileSync } from "node:fs";
import path from "node:path";
import { createRowTable, type RowTable } from "../retrieval/row-table.ts";
import { decodeSections, encodeSections } from "../retrieval/sections-file.ts";

const FORMAT = "word-vectors 1";
// A bundle has no directory of its own; it is started in the project's.
const FILE = path.join(import.meta.dirname ?? "lib/personas/words", "word-vectors.bin");

/** English words by frequency, each with a vector of unit length as bytes and the factor that makes it so. */
export type WordVectors = {
  dimensions: number;
  /** Every word, the most frequent one first. */
  words: readonly string[];
  /** How frequent a word is, from 0 on; undefined beyond the list. It is the number of its vector too. */
  rank: (word: string) => number | undefined;
  vectors: RowTable;
  /** component = byte * scale */
  scales: Float32Array;
};

/** The words in order of frequency; vectors need not be of unit length. */
export function encodeWordVectors(words: readonly { word: string; vector: Float32Array }[]): Uint8Array {
  const dimensions = words[0]?.vector.length ?? 0;
  const vectors = new Int8Array(words.length * dimensions);
  const scales = new Float32Array(words.length);
  for (const [row, { vector }] of words.entries()) {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / length || 1;
    scales[row] = largest / 127;
    vectors.set(
      Int8Array.from(vector, (value) => Math.round((value / length / largest) * 127)),
      row * dimensions,
    );
  }
  const text = new TextEncoder().encode(words.map(({ word }) => word).join("\n"));
  return encodeSections(FORMAT, { dimensions }, { words: text, vectors, scales });
}

let loaded: WordVectors | null = null;

/** Read once, when the first question needs it: 6 MB. */
export function loadWordVectors(): WordVectors {
  loaded ??= read();
  return loaded;
}

function read(): WordVectors {
  const sections = decodeSections<{ dimensions: number }>(readFileSync(FILE), FORMAT);
  if (!sections) throw new Error(`${FILE} is of another version`);
  const words = new TextDecoder().decode(sections.get("words", "Uint8Array")).split("\n");
  const ranks = new Map(words.map((word, rank) => [word, rank]));
  const { dimensions } = sections.meta;
  const vectors = createRowTable(words.length, dimensions);
  vectors.write(0, sections.get("vectors", "Int8Array"));
  // A copy, so that the file itself need not be kept.
  const scales = sections.get("scales", "Float32Array").slice();
  return { dimensions, words, rank: (word) => ranks.get(word), vectors, scales };
}

/** What a word beyond the list counts as: it is rarer than all that are in it. */
const RANK_OF_UNKNOWN = 120_000;

/** How much a word says, from 0 ("the") to 1 (a rare name), by its frequency in English and not in a corpus. */
export function rarity(words: WordVectors, word: string): number {
  const rank = words.rank(word) ?? RANK_OF_UNKNOWN;
  return Math.min(1, Math.log(1 + rank) / Math.log(1 + RANK_OF_UNKNOWN));
}
