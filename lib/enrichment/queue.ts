import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Jobs } from "#lib/platform/jobs";
import { claimEnrichment, claimFinding } from "#lib/profiles";
import { takeTurns } from "./turns.ts";

/** With an organization: the person is to be found by the address that it imported, for it alone. */
export type EnrichJob = { username: string; organizationId?: string };

type Wanted = { data: EnrichJob; askedBy: string };

/**
 * Queues people for enrichment, each once however many ask: in this process, in others, and across a crash. Workspaces
 * take turns: who has asked for many keeps nobody waiting who asks for few.
 */
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
  const claimAndSend = createBatcher<Wanted, void>({
    maxItems: 100,
    maxInFlight: 1,
    async run(wanted) {
      await jobs.ready();
      const queued = await db.transaction(async (query) => {
        const shared = wanted.filter(({ data }) => !data.organizationId);
        const usernames = shared.map(({ data }) => data.username);
        const claimed = new Set(usernames.length > 0 ? await claimEnrichment(query, clock, usernames, providers) : []);
        const all = shared.filter(({ data }) => claimed.delete(data.username));
        for (const one of wanted) {
          const { organizationId, username } = one.data;
          if (organizationId && (await claimFinding(query, clock, organizationId, username))) all.push(one);
        }
        if (all.length === 0) return 0;
        const next = await jobs.nextPriority(query, "enrich");
        const askedBy = all.map((one) => one.askedBy);
        const priorities = await takeTurns(query, askedBy, next, clock.now());
        await jobs.sendAll(
          query,
          "enrich",
          all.map(({ data }, at) => ({ data, priority: priorities[at] ?? 0 })),
        );
        return all.length;
      });
      if (queued > 0) jobs.wake();
      return wanted.map(() => undefined);
    },
  });

  async function once(data: EnrichJob, askedBy: string): Promise<void> {
    const name = `${data.organizationId ?? ""} ${data.username}`;
    const known = asking.get(name);
    if (known) return known;
    const asked = claimAndSend({ data, askedBy }).finally(() => asking.delete(name));
    asking.set(name, asked);
    return asked;
  }

  return {
    /** Has a person looked up for everybody, at the wish and in the turn of one organization. */
    request: (organizationId: string, username: string): Promise<void> => once({ username }, organizationId),
    /** Has a person found by the address that an organization imported; nothing happens when there is none. */
    requestFinding: (organizationId: string, username: string): Promise<void> =>
      once({ organizationId, username }, organizationId),
  };
}
