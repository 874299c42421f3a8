import type { PhotoStore } from "#lib/avatars";
import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Job, JobOutcome, Jobs } from "#lib/platform/jobs";
import {
  abandonEnrichment,
  canonicalUrl,
  finishEnrichment,
  type ProviderAnswers,
  parseUsername,
  readEnrichment,
  refusePlaceholder,
  rememberAnswers,
} from "#lib/profiles";
import type { createFinder } from "./find-by-email.ts";
import type { EnrichJob } from "./queue.ts";
import type { createWaterfall } from "./waterfall.ts";

const CONCURRENCY = 16;
/** What takes longer to come back is not waited for: the person stands as known, and is looked up when they are due. */
const WORTH_WAITING_MS = 600_000;

/** Handles enrichment jobs. A job may run twice (a crash, a lost lease): what it writes is the same then. */
export function createEnrichmentWorker(options: {
  db: Database;
  clock: Clock;
  jobs: Jobs;
  photos: PhotoStore;
  /** The names of those that could be asked. */
  providers: readonly string[];
  lookUp: ReturnType<typeof createWaterfall>;
  find: ReturnType<typeof createFinder>;
}) {
  const { db, clock, jobs, photos, providers, lookUp, find } = options;
  const stopping = new AbortController();
  const remember = createBatcher<{ username: string; answers: ProviderAnswers }, boolean>({
    maxItems: 100,
    maxInFlight: 1,
    run: (said) => rememberAnswers(db.query, said),
  });

  async function enrich(job: Job<EnrichJob>): Promise<JobOutcome> {
    const { username, organizationId } = job.data;
    if (organizationId) return find({ organizationId, username }, job, stopping.signal);
    const identity = parseUsername(username);
    const known = identity.ok ? await readEnrichment(db.query, username) : null;
    if (!identity.ok || !known) return "done";
    const placeholders: string[] = [];
    const found = await lookUp(
      { username, kind: identity.kind, linkedinUrl: canonicalUrl(username) },
      {
        known,
        remember: (answers) => remember({ username, answers }),
        async isPlaceholder(photo) {
          const refused = await db.transaction((query) => refusePlaceholder(query, clock, username, photo));
          if (refused) placeholders.push(photo.sha256);
          return refused;
        },
      },
      { stop: stopping.signal, retries: job.isFirstAttempt },
    );
    if (placeholders.length > 0) await photos.removeUnused(placeholders);
    if (found === "gone") return "done";
    if (!found.photo && found.retryAt !== null) {
      if (!job.isLastAttempt && found.retryAt - clock.now() < WORTH_WAITING_MS)
        return { again: "no provider has answered yet" };
      // Nobody is kept waiting for ever: the person may be asked for again once a provider can answer.
      if (Object.keys(found.answers).length === 0) {
        await abandonEnrichment(db.query, username, found.retryAt, providers);
        return "done";
      }
    }
    if (found.photo) await photos.save(found.photo.ingested);
    const kept = await db.transaction((query) =>
      finishEnrichment(query, clock, username, {
        answers: found.answers,
        photo: found.photo && { ...found.photo, sha256: found.photo.ingested.sha256 },
        providers,
        canonicalUsername: found.canonicalUsername,
        staleAt: found.staleAt,
      }),
    );
    if (!kept && found.photo) await photos.removeUnused([found.photo.ingested.sha256]);
    return "done";
  }

  return {
    start: () => jobs.work<EnrichJob>("enrich", CONCURRENCY, enrich),
    /** Breaks off what is under way; its jobs run again elsewhere or at the next start. */
    stop: () => stopping.abort(),
  };
}
