import type { Passage } from "../passages/passage.ts";
import type { DocumentVectors } from "./document-vectors.ts";

/** What some passages became. */
export type PassageVectors = Pick<DocumentVectors, "passages" | "sentences">;

/** Turns texts into vectors: the shipped model, or one behind an API. */
export type Embedder = {
  /** Names the model and how it is used. An index made with another one is never compared with it. */
  id: string;
  /**
   * A model that the owner chose: its vectors are kept beside those of the shipped one and lead what is found. `texts`
   * are what passages are to it; in order.
   */
  lead?: { name: string; embedTexts: (texts: readonly string[]) => Promise<Float32Array[]> };
  /** The vector of a question, not yet of any length in particular. Rejects when the model cannot be reached. */
  embedQuestion: (text: string) => Promise<Float32Array>;
  /** Vectors of passages, and of their sentences where the model gives them. `onProgress` counts passages. */
  embedPassages: (passages: readonly Passage[], onProgress?: (done: number) => void) => Promise<PassageVectors>;
  /** Ends what it started. */
  close: () => Promise<void>;
};
