import type { Embedders, Report } from "../retrieval/corpus.ts";
import type { PersonaStore } from "../store/store.ts";
import { type EmbedProgress, embedCorpus } from "./embed-corpus.ts";

/** Stands where the owner wants words alone. */
const WORDS_ALONE = "words-alone";

/**
 * Makes the vectors that a corpus lacks: of the model that leads, and those of the shipped one where there is none or it
 * cannot be reached, which `report` is told. Returns the number of passages that were embedded, by each.
 */
export async function makeVectors(
  store: PersonaStore,
  { shipped, lead }: Embedders,
  { onProgress, report }: { onProgress?: (progress: EmbedProgress) => void; report: Report },
): Promise<{ lead: number; shipped: number; leadFailed: boolean }> {
  if (lead) {
    try {
      return { lead: await embedCorpus(store, lead, onProgress), shipped: 0, leadFailed: false };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(
        `The embedding model ${lead.lead?.name ?? lead.id} cannot be used: ${reason}. What it made is kept. Vectors of the shipped model stand in for it until its own are there.`,
      );
    }
  }
  return { lead: 0, shipped: await embedCorpus(store, shipped, onProgress), leadFailed: Boolean(lead) };
}

export async function chooseWordsAlone(store: PersonaStore, alone: boolean): Promise<void> {
  const chosen = await isWordsAlone(store);
  if (alone !== chosen) await store.writeDerived(WORDS_ALONE, alone ? new Uint8Array([1]) : null);
}

export async function isWordsAlone(store: PersonaStore): Promise<boolean> {
  return (await store.readDerived(WORDS_ALONE)) !== null;
}

const TRY_AGAIN_MS = 60_000;

/** Makes vectors behind the questions, and goes on trying while a model is not there. Never rejects. */
export async function makeVectorsInBackground(
  store: PersonaStore,
  embedders: Embedders,
  report: Report,
): Promise<void> {
  let told = "";
  const once = (sentence: string) => {
    if (sentence !== told) report(sentence);
    told = sentence;
  };
  try {
    while (!(await isWordsAlone(store)) && (await makeVectors(store, embedders, { report: once })).leadFailed)
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS).unref());
  } catch (error) {
    report(`Vectors could not be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}
