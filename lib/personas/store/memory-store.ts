import { type Passage, parsePassageId } from "../passages/passage.ts";
import { derivedOfDocument, type PersonaStore, type StoredDocument } from "./store.ts";

/** A store that is gone with the process: for a set that is measured, and for tests. */
export function createMemoryStore(): PersonaStore {
  const documents = new Map<string, { document: StoredDocument; passages: readonly Passage[] }>();
  const derived = new Map<string, Uint8Array>();
  let revision = 0;
  return {
    revision: async () => String(revision),
    documents: async () => [...documents.values()].map(({ document }) => document),
    async replaceDocument(document, passages) {
      documents.set(document.id, { document, passages });
      for (const name of derivedOfDocument(document.id)) derived.delete(name);
      revision++;
    },
    async removeDocument(id) {
      documents.delete(id);
      for (const name of derivedOfDocument(id)) derived.delete(name);
      revision++;
    },
    documentPassages: async (id) => [...(documents.get(id)?.passages ?? [])],
    async passages(ids) {
      return ids.flatMap((id) => {
        const parsed = parsePassageId(id);
        return (parsed && documents.get(parsed.documentId)?.passages[parsed.position]) ?? [];
      });
    },
    readDerived: async (name) => derived.get(name) ?? null,
    async writeDerived(name, bytes) {
      if (bytes) derived.set(name, bytes);
      else derived.delete(name);
      revision++;
    },
  };
}
