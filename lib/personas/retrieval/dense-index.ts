import { centresOf } from "../embedding/centres.ts";
import type { OpenedVectors } from "../embedding/document-vectors.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import { createRowTable, type RowTable } from "./row-table.ts";

/** So many statements in general stand for the corpus, beside its own: two sentences have no mean worth taking out. */
const PRIOR = 100;
/** Up to so many passages every sentence's vector is in memory, and compared; above, those of the candidates. */
const SENTENCES_IN_MEMORY = 4_000;
/** More files than these are not kept open. */
const MOST_FILES = 200;

/** Cosines with every passage and sentence of a corpus. */
export type DenseIndex = {
  /** A question's vector as it is compared: of unit length, without what all questions have in common. */
  prepare: (question: Float32Array) => Float32Array;
  /** Cosine with each passage as a whole. */
  passages: (question: Float32Array) => Float32Array;
  /** Cosine with each sentence of this passage, in order; empty where sentences have no vectors. */
  sentences: (question: Float32Array, passage: number) => Float32Array;
  /** For each passage the cosine with its best sentence; null where that would take too long. */
  bestSentences: ((question: Float32Array) => Float32Array) | null;
  /** Whether the documents are read from with each question. */
  reads: boolean;
};

/** `documents` in the order of the index, all of one model and length. */
export function openDenseIndex(index: LexicalIndex, documents: readonly OpenedVectors[]): DenseIndex {
  const [first] = documents;
  if (!first) throw new Error("no vectors");
  const { dimensions, embedder } = first;
  const centres = centresOf(embedder);
  const mean = centres ? meanOf(documents, centres.statements) : new Float32Array(dimensions);
  const meanSquare = dot(mean, mean);
  const passages = readPassages(documents, index.passages, dimensions);
  const lengths = lengthsOf(passages, mean, meanSquare);
  const sentences = documents.every((document) => document.sentences)
    ? openSentences(index, documents, dimensions, mean, meanSquare)
    : null;

  return {
    prepare(question) {
      const prepared = new Float32Array(dimensions);
      for (let at = 0; at < dimensions; at++) prepared[at] = (question[at] as number) - (centres?.questions[at] ?? 0);
      const length = Math.sqrt(dot(prepared, prepared)) || 1;
      for (let at = 0; at < dimensions; at++) prepared[at] = (prepared[at] as number) / length;
      return prepared;
    },
    passages(question) {
      const offset = dot(question, mean);
      const { table, scales } = passages;
      return table
        .products(question)
        .map((product, row) => (product * (scales[row] as number) - offset) / (lengths[row] as number));
    },
    sentences: (question, passage) => sentences?.cosines(question, passage) ?? new Float32Array(),
    bestSentences: sentences?.best ?? null,
    reads: sentences !== null && sentences.best === null,
  };
}

/** A table of the vectors of all passages, for whoever compares them all. */
export function readPassages(documents: readonly OpenedVectors[], count: number, dimensions: number) {
  const table = createRowTable(count, dimensions);
  const scales = new Float32Array(count);
  let row = 0;
  for (const document of documents) {
    const { bytes, scales: own } = document.passages();
    table.write(row, bytes);
    scales.set(own, row);
    row += own.length;
  }
  return { table, scales };
}

/** Of vectors of length 1, what is left of each without the mean: |v - m|² = 1 - 2 v·m + m². */
function lengthsOf(rows: { table: RowTable; scales: Float32Array }, mean: Float32Array, meanSquare: number) {
  return rows.table
    .products(mean)
    .map((product, row) => lengthLeft(product * (rows.scales[row] as number), meanSquare));
}

const lengthLeft = (withMean: number, meanSquare: number) => Math.sqrt(Math.max(1e-6, 1 - 2 * withMean + meanSquare));

function openSentences(
  index: LexicalIndex,
  documents: readonly OpenedVectors[],
  dimensions: number,
  mean: Float32Array,
  meanSquare: number,
) {
  const counts = documents.map(({ sentences }) => sentences?.count ?? 0);
  const firsts = counts.map((_, at) => counts.slice(0, at).reduce((sum, count) => sum + count, 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const scales = new Float32Array(total);
  for (const [at, { sentences }] of documents.entries()) scales.set(sentences?.scales() ?? [], firsts[at]);
  const inMemory = index.passages <= SENTENCES_IN_MEMORY || documents.length > MOST_FILES;
  let longest = 0;
  for (let passage = 0; passage < index.passages; passage++) {
    const [from, end] = index.sentencesOf(passage);
    longest = Math.max(longest, end - from);
  }
  const table = createRowTable(inMemory ? total : longest, dimensions);
  const lengths = new Float32Array(inMemory ? total : 0);
  if (inMemory) {
    for (const [at, { sentences }] of documents.entries()) {
      const bytes = new Int8Array((counts[at] ?? 0) * dimensions);
      sentences?.read(0, bytes);
      table.write(firsts[at] ?? 0, bytes);
    }
    lengths.set(lengthsOf({ table, scales }, mean, meanSquare));
  }
  const scratch = new Int8Array(inMemory ? 0 : longest * dimensions);

  return {
    cosines(question: Float32Array, passage: number): Float32Array {
      const [from, end] = index.sentencesOf(passage);
      const offset = dot(question, mean);
      if (inMemory)
        return table
          .products(question, from, end)
          .map((product, at) => (product * (scales[from + at] as number) - offset) / (lengths[from + at] as number));
      const document = index.documentOf(passage);
      const bytes = scratch.subarray(0, (end - from) * dimensions);
      documents[document]?.sentences?.read(from - (firsts[document] ?? 0), bytes);
      table.write(0, bytes);
      const withMean = table.products(mean, 0, end - from).slice();
      return table.products(question, 0, end - from).map((product, at) => {
        const scale = scales[from + at] as number;
        return (product * scale - offset) / lengthLeft((withMean[at] as number) * scale, meanSquare);
      });
    },
    best: inMemory
      ? (question: Float32Array): Float32Array => {
          const offset = dot(question, mean);
          const products = table.products(question);
          return Float32Array.from({ length: index.passages }, (_, passage) => {
            const [from, end] = index.sentencesOf(passage);
            let best = -1;
            for (let at = from; at < end; at++)
              best = Math.max(
                best,
                ((products[at] as number) * (scales[at] as number) - offset) / (lengths[at] as number),
              );
            return best;
          });
        }
      : null,
  };
}

/** The corpus's own mean, with what statements in general have in common beside it. */
function meanOf(documents: readonly OpenedVectors[], general: Float32Array): Float32Array {
  const sum = Float64Array.from(general, (value) => value * PRIOR);
  let count = PRIOR;
  for (const { sentences } of documents) {
    if (!sentences) continue;
    for (const [at, value] of sentences.sum().entries()) sum[at] = (sum[at] as number) + value;
    count += sentences.count;
  }
  return Float32Array.from(sum, (value) => value / count);
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  return sum;
}
