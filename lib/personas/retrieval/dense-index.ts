import { centresOf } from "../embedding/centres.ts";
import type { DocumentVectors } from "../embedding/document-vectors.ts";
import type { LexicalIndex } from "./lexical-index.ts";

/** So many statements in general stand for the corpus, beside its own: two sentences have no mean worth taking out. */
const PRIOR = 100;

type Rows = { bytes: Int8Array; scales: Float32Array };
/** Vectors less the corpus's mean, without a copy: `row · x` and the length that is left. */
type Centred = Rows & { lengths: Float32Array };

/** Cosines with every passage and sentence of a corpus. */
export type DenseIndex = {
  embedder: string;
  /** A question's vector as it is compared: of unit length, without what all questions have in common. */
  prepare: (question: Float32Array) => Float32Array;
  /** Cosine with each passage as a whole. */
  passages: (question: Float32Array) => Float32Array;
  /** Cosine with each sentence of this passage, in order; null where sentences have no vectors. */
  sentences: ((question: Float32Array, passage: number) => Float32Array) | null;
};

/** `documents` in the order of the index, all of one model. */
export function openDenseIndex(index: LexicalIndex, documents: readonly DocumentVectors[]): DenseIndex {
  const [first] = documents;
  if (!first) throw new Error("no vectors");
  const { dimensions, embedder } = first;
  const centres = centresOf(embedder);
  const mean = new Float32Array(dimensions);
  if (centres) {
    const rows = documents.map(({ sentences, passages }) => sentences ?? passages);
    addMean(mean, rows, centres.statements);
  }
  const meanSquare = dot(mean, mean);
  const passages = documents.map((document) => centre(document.passages, mean, meanSquare));
  const sentences = documents.every((document) => document.sentences)
    ? documents.map((document) => centre(document.sentences as Rows, mean, meanSquare))
    : null;
  const counts = documents.map((document) => document.passages.scales.length);
  const firstPassage = counts.map((_, at) => counts.slice(0, at).reduce((sum, count) => sum + count, 0));

  /** The cosine of row `row` with the question, whose product with the mean is `offset`. */
  function cosine(rows: Centred, row: number, question: Float32Array, offset: number): number {
    const { bytes, scales, lengths } = rows;
    const base = row * dimensions;
    let sum = 0;
    for (let at = 0; at < dimensions; at++) sum += (bytes[base + at] as number) * (question[at] as number);
    return (sum * (scales[row] as number) - offset) / (lengths[row] as number);
  }

  return {
    embedder,
    prepare(question) {
      const prepared = new Float32Array(dimensions);
      for (let at = 0; at < dimensions; at++) prepared[at] = (question[at] as number) - (centres?.questions[at] ?? 0);
      const length = Math.sqrt(dot(prepared, prepared)) || 1;
      for (let at = 0; at < dimensions; at++) prepared[at] = (prepared[at] as number) / length;
      return prepared;
    },
    passages(question) {
      const scores = new Float32Array(index.passages);
      const offset = dot(question, mean);
      for (const [document, rows] of passages.entries()) {
        const from = firstPassage[document] ?? 0;
        for (let row = 0; row < rows.scales.length; row++) scores[from + row] = cosine(rows, row, question, offset);
      }
      return scores;
    },
    sentences:
      sentences &&
      ((question, passage) => {
        const document = index.documentOf(passage);
        const rows = sentences[document];
        const [firstOfDocument] = index.sentencesOf(firstPassage[document] ?? 0);
        const [from, end] = index.sentencesOf(passage);
        const offset = dot(question, mean);
        const cosines = new Float32Array(end - from);
        for (let at = 0; rows && at < cosines.length; at++) {
          cosines[at] = cosine(rows, from + at - firstOfDocument, question, offset);
        }
        return cosines;
      }),
  };
}

function addMean(mean: Float32Array, documents: readonly Rows[], general: Float32Array): void {
  const sum = Float64Array.from(general, (value) => value * PRIOR);
  let count = PRIOR;
  for (const { bytes, scales } of documents) {
    for (let row = 0; row < scales.length; row++) {
      const base = row * mean.length;
      const scale = scales[row] as number;
      for (let at = 0; at < mean.length; at++) sum[at] = (sum[at] as number) + (bytes[base + at] as number) * scale;
    }
    count += scales.length;
  }
  for (let at = 0; at < mean.length; at++) mean[at] = (sum[at] as number) / count;
}

/** Of a vector of length 1, what is left of it without the mean: |v - m|² = 1 - 2 v·m + m². */
function centre({ bytes, scales }: Rows, mean: Float32Array, meanSquare: number): Centred {
  const lengths = new Float32Array(scales.length);
  for (let row = 0; row < scales.length; row++) {
    const base = row * mean.length;
    let sum = 0;
    for (let at = 0; at < mean.length; at++) sum += (bytes[base + at] as number) * (mean[at] as number);
    lengths[row] = Math.sqrt(Math.max(1e-6, 1 - 2 * sum * (scales[row] as number) + meanSquare));
  }
  return { bytes, scales, lengths };
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  return sum;
}
