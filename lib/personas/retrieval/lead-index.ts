import type { OpenedVectors } from "../embedding/document-vectors.ts";
import { readPassages } from "./dense-index.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import type { RowTable } from "./row-table.ts";

/** Neighbours that are compared to tell whether the vectors mean anything. */
const SAMPLE = 400;
/** Fewer neighbours tell nothing, and a model that somebody chose is believed. */
const LEAST_SAMPLE = 12;
/** How often a passage is nearer to its neighbour than to another one, from chance to what any real model gives. */
const CHANCE = 0.55;
const SURE = 0.75;
/** So many passages of the usual spread stand beside the corpus's own: of three passages there is none. */
const PRIOR = 20;
/** Of the way from the usual cosine to 1, which is the text itself. */
const USUAL_SPREAD = 0.1;
/** Cosines from which the usual one and the spread are read. */
const LOOKED_AT = 4_096;
/** From the median of what they are off to the standard deviation. */
const DEVIATION = 1.4826;
/** Beyond, nothing is gained by being further ahead. */
const MOST = 8;

/** The vectors of a model that leads, and how near a question is to each passage. */
export type LeadIndex = {
  dimensions: number;
  /**
   * How far each passage is above the middle of all, in standard deviations, for every model has its own scale of cosines.
   * `cosine` brings another text's to the same scale. Of a model whose vectors look made up, only what chance does not
   * give counts.
   */
  score: (question: Float32Array) => { passages: Float32Array; cosine: (vector: Float32Array) => number };
};

/** `documents` in the order of the index, all of one model and length. */
export function openLeadIndex(index: LexicalIndex, documents: readonly OpenedVectors[]): LeadIndex {
  const dimensions = documents.find(({ count }) => count > 0)?.dimensions ?? 0;
  const { table, scales } = readPassages(documents, index.passages, dimensions);
  const trust = trustIn(index, table);
  // The highest of so many values that mean nothing is about as high as this.
  const byChance = Math.sqrt(2 * Math.log(Math.max(2, index.passages))) + 0.5;
  return {
    dimensions,
    score(question) {
      const cosines = table.products(question).map((product, row) => product * (scales[row] as number));
      const { middle, spread } = spreadOf(cosines);
      const scale = (cosine: number) => {
        const height = Math.min(MOST, (cosine - middle) / spread);
        return trust * height + (1 - trust) * Math.max(0, height - byChance);
      };
      return {
        passages: cosines.map(scale),
        cosine(vector) {
          let product = 0;
          for (let at = 0; at < dimensions; at++) product += (vector[at] as number) * (question[at] as number);
          return scale(product);
        },
      };
    },
  };
}

/** By medians: the passages that answer must not hide themselves by being far from the rest. */
function spreadOf(cosines: Float32Array): { middle: number; spread: number } {
  const step = Math.max(1, cosines.length / LOOKED_AT);
  const some = Float32Array.from(
    { length: Math.floor(cosines.length / step) },
    (_, at) => cosines[Math.floor(at * step)] ?? 0,
  );
  const middle = medianOf(some);
  const own = DEVIATION * medianOf(some.map((cosine) => Math.abs(cosine - middle)));
  const usual = USUAL_SPREAD * (1 - middle);
  const variance = (own ** 2 * cosines.length + usual ** 2 * PRIOR) / (cosines.length + PRIOR);
  return { middle, spread: Math.sqrt(variance) || 1 };
}

function medianOf(values: Float32Array): number {
  const sorted = values.toSorted();
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/**
 * 0 to 1: whether passages that follow each other are nearer to each other than others are, as every real model has it. A
 * made-up vector is as near to the next passage as to any other.
 */
function trustIn(index: LexicalIndex, table: RowTable): number {
  const pairs = Array.from({ length: Math.max(0, index.passages - 1) }, (_, row) => row).filter(
    (row) => index.documentOf(row) === index.documentOf(row + 1),
  );
  if (pairs.length < LEAST_SAMPLE) return 1;
  const step = Math.max(1, pairs.length / SAMPLE);
  let nearer = 0;
  let looked = 0;
  for (let at = 0; at < pairs.length; at += step) {
    const row = pairs[Math.floor(at)] ?? 0;
    // Another passage from far away, the same one each time.
    const other = pairs[Math.floor(at + pairs.length / 2 + looked * 7) % pairs.length] ?? 0;
    if (cosine(table, row, row + 1) > cosine(table, row, other)) nearer++;
    looked++;
  }
  const share = nearer / looked + 0.75 / Math.sqrt(looked);
  return Math.min(1, Math.max(0, (share - CHANCE) / (SURE - CHANCE)));
}

function cosine(table: RowTable, one: number, other: number): number {
  const [a, b] = [table.row(one), table.row(other)];
  let [product, square] = [0, 0];
  for (let at = 0; at < a.length; at++) {
    product += (a[at] as number) * (b[at] as number);
    square += (b[at] as number) ** 2;
  }
  return product / Math.sqrt(square || 1);
}
