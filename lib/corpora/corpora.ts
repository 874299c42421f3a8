import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Jobs } from "#lib/platform/jobs";
import type { Log } from "#lib/platform/log";
import type { Storage } from "#lib/platform/storage";
import { createAnswers } from "./answers.ts";
import { createAsking } from "./asking.ts";
import { createBuiltIn } from "./built-in.ts";
import { createObjects } from "./objects.ts";
import { createPersonaStore } from "./persona-store.ts";
import { createPersonas } from "./personas.ts";
import { createPersonaReader } from "./read-persona.ts";
import { createReaders } from "./readers.ts";
import { createSources } from "./sources.ts";

type Options = { db: Database; clock: Clock; log: Log; storage: Storage; jobs: Jobs; memoryBytes?: number | undefined };

/** Everything about the personas of workspaces, put together. */
export function createCorpora({ db, clock, log, storage, jobs, memoryBytes }: Options) {
  const objects = createObjects({ db, clock, storage });
  const storeOf = (persona: { id: string; slug: string }) => createPersonaStore({ db, objects }, persona);
  const wake = () => jobs.wake();
  const personas = createPersonas({ db, clock, objects });
  const read = createPersonaReader({ db, objects, log, storeOf });
  return {
    ...personas,
    ...createSources({ db, clock, objects, personas, storeOf, wake }),
    ...createAnswers({ db, clock }),
    ...createAsking({ db, personas, storeOf, wake, memoryBytes }),
    keepBuiltIn: createBuiltIn({ db, clock, objects, wake }),
    read,
    readers: createReaders({ db, jobs, log, objects, read }),
  };
}
