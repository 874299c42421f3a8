import type { PersonaStore } from "../store/store.ts";
import { type DocumentVectors, decodeDocumentVectors, encodeDocumentVectors } from "./document-vectors.ts";
import type { Embedder } from "./embedder.ts";

export const vectorsName = (documentId: string): string => `vectors-${documentId}`;

export type EmbedProgress = { title: string; done: number; of: number };

/**
 * Makes the vectors of every document that has none of this embedder, one document after the other; what was made is
 * kept when it is stopped between two. Questions are answered from the lexical index meanwhile. Returns the number of
 * passages that were embedded.
 */
export async function embedCorpus(
  store: PersonaStore,
  embedder: Embedder,
  onProgress?: (progress: EmbedProgress) => void,
): Promise<number> {
  const waiting = [];
  for (const document of await store.documents()) {
    if (document.status === "ready" && !(await readVectors(store, document.id, document.digest, embedder.id)))
      waiting.push(document);
  }
  const of = waiting.reduce((sum, { passages }) => sum + passages, 0);
  let before = 0;
  for (const { id, title, digest } of waiting) {
    const passages = await store.documentPassages(id);
    onProgress?.({ title, done: before, of });
    const made = await embedder.embedPassages(passages, (done) => onProgress?.({ title, done: before + done, of }));
    const dimensions = passages.length > 0 ? made.passages.bytes.length / made.passages.scales.length : 0;
    const vectors: DocumentVectors = { ...made, embedder: embedder.id, digest: digest ?? "", dimensions };
    await store.writeDerived(vectorsName(id), encodeDocumentVectors(vectors));
    before += passages.length;
  }
  return of;
}

/** The vectors of a document as it is now, of this embedder; null for all others. */
export async function readVectors(
  store: PersonaStore,
  id: string,
  digest: string | null,
  embedder: string,
): Promise<DocumentVectors | null> {
  const bytes = await store.readDerived(vectorsName(id));
  const vectors = bytes && decodeDocumentVectors(bytes);
  return vectors && vectors.embedder === embedder && vectors.digest === digest ? vectors : null;
}
