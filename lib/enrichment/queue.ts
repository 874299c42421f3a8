import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Jobs } from "#lib/platform/jobs";
import { claimEnrichment } from "#lib/profiles";

export type EnrichJob = { username: string };

/** Queues people for enrichment, each once however many ask: in this process, in others, and across a crash. */
export function createEnrichmentQueue(options: {
  db: Database;
  clock: Clock;
  jobs: Jobs;
  /** The names of those that could be asked. */
  providers: readonly string[];
}) {
  const { db, clock, jobs, providers } = options;
  const asking = new Map<string, Promise<void>>();

  async function claimAndSend(username: string): Promise<void> {
    await jobs.ready();
    // The claim and the job commit together: no job is lost, and none stands without a claim.
    const queued = await db.transaction(async (query) => {
      const claimed = await claimEnrichment(query, clock, username, providers);
      if (claimed) await jobs.send(query, "enrich", { username } satisfies EnrichJob);
      return claimed;
    });
    if (queued) jobs.wake();
  }

  return {
    async request(username: string): Promise<void> {
      const known = asking.get(username);
      if (known) return known;
      const asked = claimAndSend(username).finally(() => asking.delete(username));
      asking.set(username, asked);
      return asked;
    },
  };
}
