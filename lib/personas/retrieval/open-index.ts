import { PersonaError } from "../problem.ts";
import type { PersonaStore } from "../store/store.ts";
import { type LexicalIndex, openLexicalIndex } from "./lexical-index.ts";
import { INDEX } from "./rebuild-index.ts";

/** Throws PersonaError `not_processed`, `empty_corpus`, `old_index` or `broken_index`. */
export async function openIndex(store: PersonaStore, avatar: string): Promise<LexicalIndex> {
  const bytes = await store.readDerived(INDEX);
  if (!bytes) throw new PersonaError("not_processed", { avatar });
  const index = decode(bytes, avatar);
  if (!index) throw new PersonaError("old_index", { avatar });
  if (index.passages === 0) throw new PersonaError("empty_corpus", { avatar });
  return index;
}

function decode(bytes: Uint8Array, avatar: string): LexicalIndex | null {
  try {
    return openLexicalIndex(bytes);
  } catch (error) {
    throw new PersonaError("broken_index", { avatar }, { cause: error });
  }
}
