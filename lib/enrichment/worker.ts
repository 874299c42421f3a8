import type { PhotoStore } from "#lib/avatars";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Job, JobOutcome, Jobs } from "#lib/platform/jobs";
import { abandonEnrichment, canonicalUrl, finishEnrichment, parseUsername } from "#lib/profiles";
import type { EnrichJob } from "./queue.ts";
import type { createWaterfall } from "./waterfall.ts";

const CONCURRENCY = 8;

/** Handles enrichment jobs. A job may run twice (a crash, a lost lease): what it writes is the same then. */
export function createEnrichmentWorker(options: {
  db: Database;
  clock: Clock;
  jobs: Jobs;
  photos: PhotoStore;
  /** The names of those that could be asked. */
  providers: readonly string[];
  lookUp: ReturnType<typeof createWaterfall>;
}) {
  const { db, clock, jobs, photos, providers, lookUp } = options;
  const stopping = new AbortController();

  async function enrich(job: Job<EnrichJob>): Promise<JobOutcome> {
    const { username } = job.data;
    const identity = parseUsername(username);
    if (!identity.ok) return "done";
    const found = await lookUp({ username, kind: identity.kind, linkedinUrl: canonicalUrl(username) }, stopping.signal);
    if (!found.photo && found.retryAt !== null) {
      if (!job.isLastAttempt) return { again: "no provider has answered yet" };
      // Nobody is kept waiting for ever: the person may be asked for again once a provider can answer.
      if (found.askedProviders.length === 0) {
        await abandonEnrichment(db.query, username, found.retryAt, providers);
        return "done";
      }
    }
    if (found.photo) await photos.save(found.photo.ingested);
    const kept = await db.transaction((query) =>
      finishEnrichment(query, clock, username, {
        facts: found.facts,
        source: found.source,
        photo: found.photo && { sha256: found.photo.ingested.sha256, source: found.photo.source },
        askedProviders: found.askedProviders,
        canonicalUsername: found.canonicalUsername,
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
