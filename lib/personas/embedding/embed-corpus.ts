import { sourceOfBytes } from "../retrieval/sections-file.ts";
import type { PersonaStore, StoredDocument } from "../store/store.ts";
import { encodeDocumentVectors, type OpenedVectors, openDocumentVectors, type Rows } from "./document-vectors.ts";
import type { Embedder, PassageVectors } from "./embedder.ts";

/** Passages between two looks at the clock. */
const PART = 384;
const PROBE = "Is anybody there?";
/** What was made is kept so often, so that whoever goes on after a stop has little to do again. */
const KEEP_EVERY_MS = 20_000;

/** The vectors of a document; those of a model that leads stand beside the shipped ones. */
const vectorsName = (documentId: string, embedder: Pick<Embedder, "lead">): string =>
  `${embedder.lead ? "lead-" : ""}vectors-${documentId}`;

export type EmbedProgress = { title: string; done: number; of: number };

/**
 * Makes the vectors of every document that has none of this embedder, one document after the other, and goes on where it
 * was stopped. Questions are answered by words, and by what vectors there are, meanwhile. Returns the number of passages
 * that were embedded; rejects when the model cannot be reached, with what was made until then kept.
 */
export async function embedCorpus(
  store: PersonaStore,
  embedder: Embedder,
  onProgress?: (progress: EmbedProgress) => void,
): Promise<number> {
  // One call tells whether it is there (who is not is not waited for as long as who is busy) and how long its vectors are.
  const probe = embedder.lead ? await embedder.embedQuestion(PROBE).catch((error: unknown) => ({ error })) : null;
  const dimensions = probe && "length" in probe ? probe.length : null;
  const waiting: StoredDocument[] = [];
  for (const document of await store.documents())
    if (document.status === "ready" && !(await isEmbedded(store, document, embedder, dimensions)))
      waiting.push(document);
  if (waiting.length === 0) return 0;
  if (probe && "error" in probe) throw probe.error;
  const of = waiting.reduce((sum, { passages }) => sum + passages, 0);
  let before = 0;
  let made = 0;
  for (const document of waiting) {
    made += await embedDocument(store, document, embedder, dimensions, (done) =>
      onProgress?.({ title: document.title, done: before + done, of }),
    );
    before += document.passages;
  }
  return made;
}

/**
 * The vectors of a document as it is now, of this embedder; null for all others. There may be fewer than passages. To be
 * closed.
 */
export async function openVectors(
  store: PersonaStore,
  id: string,
  digest: string | null,
  embedder: Pick<Embedder, "id" | "lead">,
): Promise<(OpenedVectors & { close: () => void }) | null> {
  const name = vectorsName(id, embedder);
  const source = store.openDerived ? await store.openDerived(name) : await wholeSource(store, name);
  if (!source) return null;
  const vectors = openDocumentVectors(source);
  if (vectors && vectors.embedder === embedder.id && vectors.digest === (digest ?? ""))
    return { ...vectors, close: source.close };
  source.close();
  return null;
}

async function wholeSource(store: PersonaStore, name: string) {
  const bytes = await store.readDerived(name);
  return bytes && { ...sourceOfBytes(bytes), close: () => undefined };
}

/** What was made of a document before, of vectors of this length. */
async function readMade(
  store: PersonaStore,
  { id, digest }: StoredDocument,
  embedder: Embedder,
  dimensions: number | null,
): Promise<PassageVectors | null> {
  const vectors = await openVectors(store, id, digest, embedder);
  if (!vectors) return null;
  try {
    if (vectors.count === 0 || (dimensions !== null && vectors.dimensions !== dimensions)) return null;
    const { sentences } = vectors;
    const bytes = new Int8Array((sentences?.count ?? 0) * vectors.dimensions);
    sentences?.read(0, bytes);
    return { passages: vectors.passages(), sentences: sentences && { bytes, scales: sentences.scales() } };
  } finally {
    vectors.close();
  }
}

async function isEmbedded(
  store: PersonaStore,
  document: StoredDocument,
  embedder: Embedder,
  dimensions: number | null,
): Promise<boolean> {
  if (document.passages === 0) return true;
  const vectors = await openVectors(store, document.id, document.digest, embedder);
  vectors?.close();
  if (!vectors || (dimensions !== null && vectors.dimensions !== dimensions)) return false;
  return vectors.count >= document.passages;
}

async function embedDocument(
  store: PersonaStore,
  document: StoredDocument,
  embedder: Embedder,
  dimensions: number | null,
  onProgress: (done: number) => void,
): Promise<number> {
  const { id, digest } = document;
  const passages = await store.documentPassages(id);
  const known = await readMade(store, document, embedder, dimensions);
  const parts: PassageVectors[] = known ? [known] : [];
  const begin = known?.passages.scales.length ?? 0;
  let keptAt = performance.now();
  const keep = async () => {
    const all = joined(parts);
    parts.splice(0, parts.length, all);
    const length = all.passages.bytes.length / Math.max(1, all.passages.scales.length);
    const vectors = { ...all, embedder: embedder.id, digest: digest ?? "", dimensions: length };
    await store.writeDerived(vectorsName(id, embedder), encodeDocumentVectors(vectors));
    keptAt = performance.now();
  };
  onProgress(begin);
  for (let at = begin; at < passages.length; at += PART) {
    const part = passages.slice(at, at + PART);
    try {
      parts.push(await embedder.embedPassages(part, (done) => onProgress(at + done)));
    } catch (error) {
      if (parts.length > 1) await keep();
      throw error;
    }
    if (performance.now() - keptAt >= KEEP_EVERY_MS && at + PART < passages.length) await keep();
  }
  await keep();
  return passages.length - begin;
}

function joined(parts: readonly PassageVectors[]): PassageVectors {
  return {
    passages: joinRows(parts.map(({ passages }) => passages)),
    sentences: parts.every(({ sentences }) => sentences)
      ? joinRows(parts.flatMap(({ sentences }) => sentences ?? []))
      : null,
  };
}

/** Throws when they are not of one length: a model that changed under way makes nothing that can be compared. */
function joinRows(parts: readonly Rows[]): Rows {
  const dimensions = new Set(
    parts.flatMap(({ bytes, scales }) => (scales.length > 0 ? [bytes.length / scales.length] : [])),
  );
  if (dimensions.size > 1) throw new Error(`the model gave vectors of ${[...dimensions].join(" and ")} dimensions`);
  const bytes = new Int8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  const scales = new Float32Array(parts.reduce((sum, part) => sum + part.scales.length, 0));
  let row = 0;
  let byte = 0;
  for (const part of parts) {
    bytes.set(part.bytes, byte);
    scales.set(part.scales, row);
    byte += part.bytes.length;
    row += part.scales.length;
  }
  return { bytes, scales };
}
