import type { Database } from "#lib/platform/db";
import { AppError, isAppError } from "#lib/platform/errors";
import type { KeptFiles } from "#lib/platform/kept-files";
import type { Log } from "#lib/platform/log";
import {
  type Advance,
  type ClaimedImport,
  type createImportQueue,
  type createImports,
  LEASE_SECONDS,
  openImport,
  underName,
} from "#lib/profiles";
import { type FetchedPhoto, type ImportBatch, readBatches } from "./import-batches.ts";
import type { PhotoStore } from "./photo-store.ts";

const POLL_MS = 2_000;
/** How long one organization's import goes on while another's waits. */
const TURN_MS = 10_000;
/** An import that ends its worker, or fails without a reason, this often without getting further is given up. */
const MAX_ATTEMPTS = 3;
const AGAIN_AFTER_SECONDS = 5;

/** Somebody else holds the import now, or it is gone. */
class LostLease extends Error {}

/**
 * Carries out imports, one at a time. Each batch commits with the place in the file it leads to: after a crash, here or
 * in another process, the import goes on there, and what was done twice is the same.
 */
export function createImportWorker(options: {
  db: Database;
  log: Log;
  queue: ReturnType<typeof createImportQueue>;
  imports: ReturnType<typeof createImports>;
  photos: PhotoStore;
  files: KeptFiles;
  fetchPhoto: (url: string) => Promise<FetchedPhoto>;
  leaseSeconds?: number | undefined;
  batchMs?: number | undefined;
}) {
  const { db, log, queue, imports, photos, files, fetchPhoto, batchMs, leaseSeconds = LEASE_SECONDS } = options;
  let stopping = false;
  let running: Promise<void> | undefined;
  let wake = () => {};

  async function loop(): Promise<void> {
    while (!stopping) {
      const worked = await runOne().catch((error: unknown) => {
        log.warn({ err: error }, "imports wait for the database");
        return false;
      });
      if (worked || stopping) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Carries out an import, or a turn of it; false when there is none. */
  async function runOne(): Promise<boolean> {
    const claimed = await queue.claim();
    if (!claimed) return false;
    if (claimed.attempts > MAX_ATTEMPTS) {
      await end(claimed, new AppError("import_given_up", { fields: { file: claimed.fileName } }));
      return true;
    }
    const renewal = setInterval(() => void queue.renew(claimed).catch(() => undefined), (leaseSeconds * 1_000) / 3);
    try {
      if (await carryOut(claimed)) await end(claimed, null);
    } catch (error) {
      await handleFailure(claimed, error);
    } finally {
      clearInterval(renewal);
    }
    return true;
  }

  /** True when the file is through; false when another gets a turn first. */
  async function carryOut(claimed: ClaimedImport): Promise<boolean> {
    const file = await files.find(claimed.id);
    if (!file) throw new AppError("import_file_gone", { fields: { file: claimed.fileName } });
    const opened = await openImport(file, { mapping: claimed.mapping ?? undefined });
    const { total } = opened;
    const turnEnds = performance.now() + TURN_MS;
    for await (const batch of readBatches(opened, { photos, fetchPhoto, after: claimed.done, batchMs })) {
      await keep(claimed, opened.kind, total, batch);
      if (batch.done >= total) continue;
      if (stopping || (performance.now() > turnEnds && (await queue.othersWait(claimed)))) {
        await queue.release(claimed);
        return false;
      }
    }
    return true;
  }

  async function keep(claimed: ClaimedImport, source: string, total: number, batch: ImportBatch): Promise<void> {
    await db.transaction(async (query) => {
      const places = new Map(batch.people.map(({ username, where, again }) => [username, again ? null : where]));
      const saved = await imports.save(query, claimed.organizationId, source, batch.people);
      const rows: Advance["rows"] = saved.flatMap(({ username, outcome }) => {
        const where = places.get(username);
        // Whom an earlier batch told of is told once.
        return where ? [{ outcome, where, value: username, problem: null }] : [];
      });
      rows.push(...batch.noted);
      const { done, photos } = batch;
      if (!(await queue.advance(query, claimed, { done, total, photos, rows }))) throw new LostLease();
    });
  }

  async function end(claimed: ClaimedImport, problem: AppError | null): Promise<void> {
    const told = problem && { code: problem.code, sentence: problem.message };
    const { organizationId, startedBy, fileName } = claimed;
    const { kind, ...tally } = await queue.tally(claimed);
    await db.transaction(async (query) => {
      if (!(await queue.finish(query, claimed, told))) return;
      const detail = { file: fileName, source: kind, ...tally, ...(problem ? { problem: problem.code } : {}) };
      await imports.recordImport(query, organizationId, startedBy, detail);
    });
    await files.remove(claimed.id);
  }

  async function handleFailure(claimed: ClaimedImport, error: unknown): Promise<void> {
    if (error instanceof LostLease) return;
    if (isAppError(error) && !WAIT_FOR.has(error.code)) {
      await end(claimed, underName(error, claimed.fileName) as AppError);
      return;
    }
    log.error({ err: error, import: claimed.id }, "an import failed and will be taken up again");
    await queue.release(claimed, AGAIN_AFTER_SECONDS);
  }

  return {
    /** Begins to look for imports; `stop` ends it after the batch that is under way. */
    start(): void {
      running ??= loop();
    },
    wake: () => wake(),
    async stop(): Promise<void> {
      stopping = true;
      wake();
      await running;
    },
    /** Carries out what waits, and returns when nothing does: for tests and tools. */
    async runAll(): Promise<void> {
      while (await runOne());
    },
  };
}

/** What passes by itself. */
const WAIT_FOR = new Set<AppError["code"]>(["database_unavailable", "storage_unavailable", "overloaded", "internal"]);
