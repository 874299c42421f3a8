import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Jobs } from "#lib/platform/jobs";
import { claimEnrichment, claimFinding } from "#lib/profiles";

/** With an organization: the person is to be found by the address that it imported, for it alone. */
export type EnrichJob = { username: string; organizationId?: string };

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

  // The claim and the job commit together: no job is lost, and none stands without a claim.
  const claimAndSend = createBatcher<EnrichJob, void>({
    maxItems: 100,
    maxInFlight: 1,
    async run(wanted) {
      await jobs.ready();
      const queued = await db.transaction(async (query) => {
        const usernames = wanted.flatMap(({ username, organizationId }) => (organizationId ? [] : [username]));
        const claimed = usernames.length > 0 ? await claimEnrichment(query, clock, usernames, providers) : [];
        const all: EnrichJob[] = claimed.map((username) => ({ username }));
        for (const job of wanted)
          if (job.organizationId && (await claimFinding(query, clock, job.organizationId, job.username))) all.push(job);
        await jobs.sendAll(query, "enrich", all);
        return all.length;
      });
      if (queued > 0) jobs.wake();
      return wanted.map(() => undefined);
    },
  });

  async function once(job: EnrichJob): Promise<void> {
    const name = `${job.organizationId ?? ""} ${job.username}`;
    const known = asking.get(name);
    if (known) return known;
    const asked = claimAndSend(job).finally(() => asking.delete(name));
    asking.set(name, asked);
    return asked;
  }

  return {
    request: (username: string): Promise<void> => once({ username }),
    /** Has a person found by the address that an organization imported; nothing happens when there is none. */
    requestFinding: (organizationId: string, username: string): Promise<void> => once({ organizationId, username }),
  };
}
