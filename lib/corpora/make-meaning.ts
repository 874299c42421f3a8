import { type Embedder, type Embedders, makeVectors, type PersonaStore } from "#lib/personas";
import type { Database } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";

/** Making vectors may end the process that makes them; then it is begun again so often. */
const MOST_BEGINNINGS = 4;
/** Tells whoever has the index in memory that its vectors are all there. */
const MADE = "vectors-made";

class Interrupted extends Error {}

/**
 * Makes what a persona's search compares meanings by, behind its index: questions are answered by words meanwhile. It
 * stands back for files that wait, and what was made of a document stays made. `begun` and given up are told apart by
 * the row alone, so that a process that is killed over it is followed by three more and not by hundreds.
 */
export function createMeaningMaker({ db, log, embedders }: { db: Database; log: Log; embedders: Embedders }) {
  /** Throws Interrupted before the next document when there is something else to do. */
  function interruptible(embedder: Embedder, personaId: string, waits: () => Promise<boolean>): Embedder {
    return {
      ...embedder,
      async embedPassages(passages, onProgress) {
        if (await waits()) throw new Interrupted();
        const made = await embedder.embedPassages(passages, onProgress);
        // What gets on is not given up, however often its process is ended.
        await db.query("update persona set vectors_revision = -2 where id = $1 and vectors_revision < -2", [personaId]);
        return made;
      },
    };
  }

  /** The revision that has no vectors yet, and how often making them was begun; null when there is nothing to make. */
  async function wanted(personaId: string): Promise<{ revision: number; begun: number } | null> {
    const [row] = await db.query<{ revision: number; vectors: number }>(
      `update persona set vectors_revision = case when vectors_revision < 0 then vectors_revision - 1 else -2 end
       where id = $1 and built_in is null and revision > 0 and vectors_revision < revision
       returning revision::int as revision, vectors_revision::int as vectors`,
      [personaId],
    );
    return row ? { revision: row.revision, begun: -1 - row.vectors } : null;
  }

  const finish = (personaId: string, revision: number) =>
    db.query("update persona set vectors_revision = $2 where id = $1", [personaId, revision]);

  /** `waits` says whether files of this persona wait, or it is another's to read by now. */
  return async function makeMeaning(
    personaId: string,
    store: PersonaStore,
    waits: () => Promise<boolean>,
  ): Promise<void> {
    const work = await wanted(personaId);
    if (!work) return;
    if (work.begun > MOST_BEGINNINGS) {
      log.error({ persona: personaId }, "vectors could not be made again and again; words alone are compared");
      await finish(personaId, work.revision);
      return;
    }
    const { shipped, lead } = embedders;
    const own = {
      shipped: interruptible(shipped, personaId, waits),
      lead: lead && interruptible(lead, personaId, waits),
    };
    const report = (sentence: string) => log.warn({ persona: personaId }, sentence);
    try {
      await makeVectors(store, own, { report });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      // Files come first; nobody died over it.
      await db.query("update persona set vectors_revision = -1 where id = $1", [personaId]);
      return;
    }
    await store.writeDerived(MADE, new TextEncoder().encode(String(work.revision)));
    await finish(personaId, work.revision);
  };
}
