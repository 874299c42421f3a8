import { decodeSections, encodeSections } from "../retrieval/sections-file.ts";

/** The vectors of one document as bytes: each component is `byte * scale`, one scale for each vector. */
export type DocumentVectors = {
  /** Which model made them: vectors of two models are never compared. */
  embedder: string;
  /** The document they were made of. */
  digest: string;
  dimensions: number;
  passages: { bytes: Int8Array; scales: Float32Array };
  /** Null for a model that reads whole passages alone. */
  sentences: { bytes: Int8Array; scales: Float32Array } | null;
};

const FORMAT = "document-vectors 1";

type Meta = { embedder: string; digest: string; dimensions: number; sentences: boolean };

export function quantise(vectors: readonly Float32Array[]): { bytes: Int8Array; scales: Float32Array } {
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

export function encodeDocumentVectors({
  embedder,
  digest,
  dimensions,
  passages,
  sentences,
}: DocumentVectors): Uint8Array {
  const meta: Meta = { embedder, digest, dimensions, sentences: sentences !== null };
  return encodeSections(FORMAT, meta, {
    passageBytes: passages.bytes,
    passageScales: passages.scales,
    ...(sentences && { sentenceBytes: sentences.bytes, sentenceScales: sentences.scales }),
  });
}

/** Null for bytes of another version, or damaged ones: vectors can be made again. */
export function decodeDocumentVectors(bytes: Uint8Array): DocumentVectors | null {
  try {
    const sections = decodeSections<Meta>(bytes, FORMAT);
    if (!sections) return null;
    const { embedder, digest, dimensions, sentences } = sections.meta;
    const read = (name: string) => ({
      bytes: sections.get(`${name}Bytes`, "Int8Array"),
      scales: sections.get(`${name}Scales`, "Float32Array"),
    });
    return { embedder, digest, dimensions, passages: read("passage"), sentences: sentences ? read("sentence") : null };
  } catch {
    return null;
  }
}
