import { createShippedEmbedder, type Embedder } from "#lib/personas";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Jobs } from "#lib/platform/jobs";
import type { Log } from "#lib/platform/log";
import type { Storage } from "#lib/platform/storage";
import { createAnswers } from "./answers.ts";
import { createAsking } from "./asking.ts";
import { createBuiltIn } from "./built-in.ts";
import { createEvaluationRunner, createEvaluations } from "./evaluations.ts";
import { createObjects } from "./objects.ts";
import { createPersonaStore } from "./persona-store.ts";
import { createPersonas } from "./personas.ts";
import { createPersonaReader } from "./read-persona.ts";
import { createReaders } from "./readers.ts";
import { createSources } from "./sources.ts";

type Options = {
  db: Database;
  clock: Clock;
  log: Log;
  storage: Storage;
  jobs: Jobs;
  memoryBytes?: number | undefined;
  /** The model that leads the search; the shipped one without it. */
  lead?: Embedder | null | undefined;
  /** Whether readers of this process make vectors, and not the index alone. */
  makesVectors?: boolean | undefined;
};

/** Everything about the personas of workspaces, put together. */
export function createCorpora(options: Options) {
  const { db, clock, log, storage, jobs, memoryBytes, lead = null, makesVectors = false } = options;
  const objects = createObjects({ db, clock, storage });
  const storeOf = (persona: { id: string; slug: string }) => createPersonaStore({ db, objects }, persona);
  const wake = () => jobs.wake();
  const personas = createPersonas({ db, clock, objects });
  // One thread: whoever waits for a face comes first.
  const embedders = () => ({ shipped: createShippedEmbedder(1), lead });
  const read = createPersonaReader({
    db,
    objects,
    log,
    storeOf,
    embedders: makesVectors ? embedders() : null,
    evaluate: createEvaluationRunner({ db, log, personas, embedders }),
  });
  return {
    ...personas,
    ...createSources({ db, clock, objects, personas, storeOf, wake }),
    ...createAnswers({ db, clock }),
    ...createEvaluations({ db, clock, personas, wake }),
    ...createAsking({ db, personas, storeOf, wake, lead, log, memoryBytes }),
    keepBuiltIn: createBuiltIn({ db, clock, objects, wake }),
    read,
    readers: createReaders({ db, jobs, log, objects, read, makesVectors }),
  };
}
