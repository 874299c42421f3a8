import { type ByteSource, encodeSections, openSections } from "../retrieval/sections-file.ts";

/** Vectors as bytes: each component is `byte * scale`, one scale for each vector. */
export type Rows = { bytes: Int8Array; scales: Float32Array };

/** The vectors of one document. */
export type DocumentVectors = {
  /** Which model made them: vectors of two models are never compared. */
  embedder: string;
  /** The document they were made of. */
  digest: string;
  dimensions: number;
  passages: Rows;
  /** Null for a model that reads whole passages alone. */
  sentences: Rows | null;
};

const FORMAT = "document-vectors 2";

type Meta = { embedder: string; digest: string; dimensions: number; sentences: boolean };

export function quantise(vectors: readonly Float32Array[]): Rows {
  const dimensions = vectors[0]?.length ?? 0;
  const bytes = new Int8Array(vectors.length * dimensions);
  const scales = new Float32Array(vectors.length);
  for (const [row, vector] of vectors.entries()) {
    let largest = 0;
    for (const value of vector) largest = Math.max(largest, Math.abs(value));
    const scale = largest / 127 || 1;
    scales[row] = scale;
    for (let at = 0; at < dimensions; at++) bytes[row * dimensions + at] = Math.round((vector[at] as number) / scale);
  }
  return { bytes, scales };
}

export function encodeDocumentVectors(vectors: DocumentVectors): Uint8Array {
  const { embedder, digest, dimensions, passages, sentences } = vectors;
  const meta: Meta = { embedder, digest, dimensions, sentences: sentences !== null };
  return encodeSections(FORMAT, meta, {
    passageBytes: passages.bytes,
    passageScales: passages.scales,
    ...(sentences && {
      sentenceBytes: sentences.bytes,
      sentenceScales: sentences.scales,
      sentenceSum: sumOf(sentences, dimensions),
    }),
  });
}

/** The sum of all vectors, so that a mean is had without reading them. */
function sumOf({ bytes, scales }: Rows, dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions);
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row] as number;
    const base = row * dimensions;
    for (let at = 0; at < dimensions; at++) sum[at] = (sum[at] as number) + (bytes[base + at] as number) * scale;
  }
  return sum;
}

/** Vectors that were kept; what is many is read when it is asked for. */
export type OpenedVectors = Pick<DocumentVectors, "embedder" | "digest" | "dimensions"> & {
  /** Passages that have a vector. */
  count: number;
  passages: () => Rows;
  sentences: {
    count: number;
    scales: () => Float32Array;
    sum: () => Float32Array;
    /** Writes the bytes of the sentences from `first` on, as many as `into` takes. */
    read: (first: number, into: Int8Array) => void;
  } | null;
};

/** Null for bytes of another version, or damaged ones: vectors can be made again. */
export function openDocumentVectors(source: ByteSource): OpenedVectors | null {
  try {
    const sections = openSections<Meta>(source, FORMAT);
    if (!sections) return null;
    const { embedder, digest, dimensions, sentences } = sections.meta;
    return {
      embedder,
      digest,
      dimensions,
      count: sections.lengthOf("passageScales") ?? 0,
      passages: () => ({
        bytes: sections.get("passageBytes", "Int8Array"),
        scales: sections.get("passageScales", "Float32Array"),
      }),
      sentences: sentences
        ? {
            count: sections.lengthOf("sentenceScales") ?? 0,
            scales: () => sections.get("sentenceScales", "Float32Array"),
            sum: () => sections.get("sentenceSum", "Float32Array"),
            read: (first, into) => sections.read("sentenceBytes", first * dimensions, into),
          }
        : null,
    };
  } catch {
    return null;
  }
}
