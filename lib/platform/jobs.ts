import { PgBoss } from "pg-boss";
import { createBatcher } from "./batch.ts";
import type { Database, Query } from "./db.ts";
import { type JobPool, startJobPool } from "./job-pool.ts";
import type { Log } from "./log.ts";

/** What a handler made of one job. `again` runs it later; after the queue's last attempt it is a failure. */
export type JobOutcome = "done" | { again: string };
export type Job<Data> = { id: string; data: Data; isFirstAttempt: boolean; isLastAttempt: boolean };

export type Jobs = {
  /**
   * Connects the queue at first use. Await it before a transaction that sends: the embedded database serves one
   * transaction at a time, so a queue that had to connect inside one would wait for itself.
   */
  ready(): Promise<void>;
  /** Writes a job; pass a transaction's query, and the job exists exactly when the transaction commits. */
  send(query: Query, queue: QueueName, data: object, options?: { startAfterSeconds?: number }): Promise<void>;
  /** As `send`, for many at once. Those of higher priority are handled first, others in the order they were sent; default 0. */
  sendAll(query: Query, queue: QueueName, jobs: readonly { data: object; priority?: number }[]): Promise<void>;
  /** The priority of the job that is next, or null when none waits. */
  nextPriority(query: Query, queue: QueueName): Promise<number | null>;
  /** Handles jobs, `concurrency` at a time. A job is handled at least once: handlers must bear a repetition. */
  work<Data>(queue: QueueName, concurrency: number, handle: (job: Job<Data>) => Promise<JobOutcome>): Promise<void>;
  /** Sends a job by the clock (cron, UTC); once for all processes. */
  schedule(queue: QueueName, cron: string): Promise<void>;
  /** Looks for new jobs now instead of at the next poll: here, or in the process that listens by `onWake`. */
  wake(): void;
  onWake(listener: () => void): void;
  stop(): Promise<void>;
};

// An enrichment may wait for a slow provider; a second try should not come while its cause is fresh.
const QUEUES = {
  enrich: { retryLimit: 4, retryDelay: 5, retryBackoff: true, expireInSeconds: 120, deleteAfterSeconds: 3_600 },
  // A takedown holds also when the image store is away for a day.
  purge: { retryLimit: 40, retryDelay: 5, retryBackoff: true, retryDelayMax: 3_600, deleteAfterSeconds: 3_600 },
  // What a deleted workspace leaves is deleted, however long the database is away.
  forget: {
    retryLimit: 40,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: 3_600,
    expireInSeconds: 3_600,
    deleteAfterSeconds: 3_600,
  },
  // Comes each minute anyway.
  notices: { retryLimit: 0, expireInSeconds: 300, deleteAfterSeconds: 3_600 },
  housekeeping: { retryLimit: 1, expireInSeconds: 900, deleteAfterSeconds: 3_600 },
} as const;
export type QueueName = keyof typeof QUEUES;

/** What jobs under way get to end. */
const STOP_MS = 5_000;
const NO_JOB = "00000000-0000-0000-0000-000000000000";

/**
 * The queue (pg-boss, in schema `pgboss` of the same database). Only the worker process supervises it; others just
 * send. Nothing is connected before first use.
 */
export function openJobs(db: Database, log: Log, role: "sender" | "worker"): Jobs {
  const isWorker = role === "worker";
  const pools: JobPool[] = [];
  const listeners: (() => void)[] = [];
  let started: Promise<PgBoss> | undefined;

  async function start(): Promise<PgBoss> {
    const boss = new PgBoss({
      db: adapter(db.query),
      supervise: isWorker,
      schedule: isWorker,
      monitorVacuum: false,
      reindex: false,
    });
    boss.on("error", (error) => log.warn({ err: error }, "the job queue waits for the database"));
    await boss.start();
    for (const [name, options] of Object.entries(QUEUES)) {
      await boss.createQueue(name, options);
      // It looks a queue up at first use, on a connection of its own: not to happen inside a sender's transaction.
      await boss.getJobById(name, NO_JOB);
    }
    return boss;
  }
  const boss = (): Promise<PgBoss> => {
    started ??= start().catch((error) => {
      started = undefined;
      throw error;
    });
    return started;
  };

  return {
    async ready() {
      await boss();
    },
    async send(query, queue, data, options = {}) {
      const startAfter = options.startAfterSeconds ?? 0;
      await (await boss()).send(queue, data, { db: adapter(query), ...(startAfter > 0 ? { startAfter } : {}) });
    },
    async sendAll(query, queue, all) {
      if (all.length === 0) return;
      await (await boss()).insert(queue, [...all], { db: adapter(query) });
    },
    async nextPriority(query, queue) {
      // In the words of the queue's own index for taking jobs, so that a long queue costs no more than a short one.
      const [next] = await query<{ priority: number }>(
        `select priority from pgboss.job where name = $1 and state < 'active' and not blocked
         order by priority desc, created_on limit 1`,
        [queue],
      );
      return next?.priority ?? null;
    },
    async work<Data>(queue: QueueName, concurrency: number, handle: (job: Job<Data>) => Promise<JobOutcome>) {
      const running = await boss();
      // Those that end together are written down together: behind a busy database each statement counts.
      const complete = createBatcher<string, void>({
        maxItems: 100,
        maxInFlight: 1,
        async run(ids) {
          await running.complete(queue, ids);
          return ids.map(() => undefined);
        },
      });
      pools.push(
        startJobPool<Data>({
          boss: running,
          queue,
          concurrency,
          log,
          async handle({ id, data, retryCount, retryLimit }) {
            try {
              const outcome = await handle({
                id,
                data,
                isFirstAttempt: retryCount === 0,
                isLastAttempt: retryCount >= retryLimit,
              });
              if (outcome === "done") await complete(id);
              else await running.fail(queue, id, { reason: outcome.again });
            } catch (error) {
              log.error({ err: error, queue, job: id }, "a job failed");
              // Where the database is away too, the job's time runs out, and it is tried again.
              await running.fail(queue, id, { reason: (error as Error).message }).catch(() => undefined);
            }
          },
        }),
      );
    },
    async schedule(queue, cron) {
      await (await boss()).schedule(queue, cron);
    },
    onWake: (listener) => void listeners.push(listener),
    wake() {
      for (const listener of listeners) listener();
      for (const pool of pools) pool.wake();
    },
    async stop() {
      await Promise.all(pools.map((pool) => pool.stop(STOP_MS)));
      await (await started?.catch(() => undefined))?.stop({ graceful: true, timeout: STOP_MS });
    },
  };
}

function adapter(query: Query) {
  return { executeSql: async (text: string, values?: unknown[]) => ({ rows: await query(text, values) }) };
}
