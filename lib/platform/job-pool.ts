import type { JobWithMetadata, PgBoss } from "pg-boss";
import type { Log } from "./log.ts";

const POLL_MS = 2_000;

export type JobPool = {
  /** Looks for jobs now. */
  wake(): void;
  /** Takes no further job; resolves when those under way have ended, or after `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
};

/**
 * Handles a queue's jobs, up to `concurrency` at once, and takes the next one as soon as one has ended: the slow do not
 * keep the others waiting, as they do where jobs are taken in batches. `handle` settles its job, and never rejects.
 */
export function startJobPool<Data>(options: {
  boss: PgBoss;
  queue: string;
  concurrency: number;
  log: Log;
  handle: (job: JobWithMetadata<Data>) => Promise<void>;
}): JobPool {
  const { boss, queue, concurrency, log, handle } = options;
  const running = new Set<Promise<void>>();
  let looking = false;
  let lookAgain = false;
  let moreMayBeThere = false;
  let stopped = false;

  async function look(): Promise<void> {
    lookAgain = true;
    if (looking) return;
    looking = true;
    while (lookAgain && !stopped && running.size < concurrency) {
      lookAgain = false;
      const free = concurrency - running.size;
      const jobs = await boss.fetch<Data>(queue, { batchSize: free, includeMetadata: true }).catch((error) => {
        log.warn({ err: error, queue }, "the job queue waits for the database");
        return [];
      });
      moreMayBeThere = jobs.length === free;
      for (const job of jobs) run(job);
    }
    looking = false;
  }

  function run(job: JobWithMetadata<Data>): void {
    const work = handle(job).finally(() => {
      running.delete(work);
      if (moreMayBeThere) void look();
    });
    running.add(work);
  }

  const timer = setInterval(() => void look(), POLL_MS);
  void look();

  return {
    wake: () => void look(),
    async stop(timeoutMs) {
      stopped = true;
      clearInterval(timer);
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
      await Promise.race([Promise.allSettled(running), timeout]);
    },
  };
}
