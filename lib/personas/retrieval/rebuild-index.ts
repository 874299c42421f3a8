import type { PersonaStore } from "../store/store.ts";
import { createIndexBuilder } from "./build-index.ts";

export const INDEX = "index";

/** Makes the index of all documents that are ready, and puts it in place in one step. Returns the number of passages. */
export async function rebuildIndex(store: PersonaStore): Promise<number> {
  const builder = createIndexBuilder();
  let count = 0;
  for (const { id, status } of await store.documents()) {
    if (status !== "ready") continue;
    for (const passage of await store.documentPassages(id)) {
      builder.add(passage);
      count++;
    }
  }
  await store.writeDerived(INDEX, builder.encode());
  return count;
}
