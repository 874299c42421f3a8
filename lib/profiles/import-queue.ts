import { randomUUID } from "node:crypto";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import type { CsvMapping } from "./import-files/csv-file.ts";
import type { RowOutcome } from "./import-jobs.ts";

/** An import that this process carries out for as long as it holds the lease. */
export type ClaimedImport = {
  id: string;
  lease: string;
  organizationId: string;
  startedBy: string;
  fileName: string;
  /** What the columns of a CSV hold, where somebody said so. */
  mapping: CsvMapping | null;
  done: number;
  /** How often it was begun or taken up since anything was last done: 1 unless somebody failed. */
  attempts: number;
};

/** What a batch adds: how far the file is through, and what became of its entries. */
export type Advance = {
  done: number;
  total: number;
  photos: number;
  rows: { outcome: RowOutcome; where: string; value: string; problem: string | null }[];
};

export const LEASE_SECONDS = 30;

/**
 * The queue of imports: their rows that are not finished. Whoever claims one holds it for 30 seconds, and with every batch
 * for 30 more; when nothing is heard of it any more, another goes on behind what is committed. Time is the database's, so
 * clocks need not agree.
 */
export function createImportQueue({ db, clock, leaseSeconds = LEASE_SECONDS }: Options) {
  const until = `now() + interval '1 second' * ${leaseSeconds}`;
  return {
    /**
     * The import that is next, or null. An organization of which one is under way comes after those of which none is, and
     * then who waits longest: a hundred files of one do not keep another waiting for all of them.
     */
    async claim(): Promise<ClaimedImport | null> {
      const [claimed] = await db.query<ClaimedImport>(
        `update import set status = 'running', lease = $1, leased_until = ${until}, attempts = attempts + 1,
           started_at = coalesce(started_at, $2)
         where id = (
           select i.id from import i where i.status in ('waiting', 'running') and (i.leased_until is null or i.leased_until <= now())
           order by exists (select from import o where o.organization_id = i.organization_id and o.status = 'running'
             and o.leased_until > now()),
             coalesce((select max(o.leased_until) from import o where o.organization_id = i.organization_id), '-infinity'),
             i.created_at, i.id
           limit 1 for update of i skip locked
         )
         returning id, lease, organization_id as "organizationId", started_by as "startedBy", file_name as "fileName", mapping, done, attempts`,
        [randomUUID(), new Date(clock.now())],
      );
      return claimed ?? null;
    },

    /** Whether an organization waits of which nothing is under way. */
    async othersWait({ organizationId }: ClaimedImport): Promise<boolean> {
      const [one] = await db.query(
        `select 1 from import where status in ('waiting', 'running') and organization_id <> $1
           and (leased_until is null or leased_until <= now()) limit 1`,
        [organizationId],
      );
      return one !== undefined;
    },

    /** Holds an import for another while; false when it was lost to somebody else, or is gone. */
    async renew({ id, lease }: ClaimedImport): Promise<boolean> {
      const kept = await db.query(
        `update import set leased_until = ${until} where id = $1 and lease = $2 and status = 'running' returning id`,
        [id, lease],
      );
      return kept.length > 0;
    },

    /**
     * Writes what a batch came to, in the transaction that saves its people; false when the import was lost to somebody
     * else, or is gone: then nothing of the batch may be kept.
     */
    async advance(query: Query, { id, lease }: ClaimedImport, batch: Advance): Promise<boolean> {
      const count = (outcome: RowOutcome) => batch.rows.filter((row) => row.outcome === outcome).length;
      const [kept] = await query<{ before: number }>(
        `update import set done = $3, total = $4, photos = photos + $5, added = added + $6, updated = updated + $7,
           unchanged = unchanged + $8, merged = merged + $9, refused = refused + $10, suppressed = suppressed + $11,
           leased_until = ${until}, attempts = 1
         where id = $1 and lease = $2 and status = 'running'
         returning added + updated + unchanged + merged + refused + suppressed - $12::int as before`,
        [
          id,
          lease,
          batch.done,
          batch.total,
          batch.photos,
          count("added"),
          count("updated"),
          count("unchanged"),
          count("merged"),
          count("refused"),
          count("suppressed"),
          batch.rows.length,
        ],
      );
      if (!kept) return false;
      const column = <T>(read: (row: Advance["rows"][number]) => T) => batch.rows.map(read);
      await query(
        `insert into import_row (import_id, n, outcome, place, value, problem)
         select $1, $2::int + n, outcome, place, value, problem
         from unnest($3::text[], $4::text[], $5::text[], $6::text[]) with ordinality as r(outcome, place, value, problem, n)`,
        [
          id,
          kept.before,
          column((row) => row.outcome),
          column((row) => row.where),
          column((row) => row.value),
          column((row) => row.problem),
        ],
      );
      return true;
    },

    /** Lets somebody go on with it, after `afterSeconds`. */
    async release({ id, lease }: ClaimedImport, afterSeconds = 0): Promise<void> {
      await db.query(
        `update import set lease = null, leased_until = now() + interval '1 second' * $3::int
         where id = $1 and lease = $2 and status = 'running'`,
        [id, lease, afterSeconds],
      );
    },

    /** The end of an import, once; false when it was lost to somebody else. */
    async finish(
      query: Query,
      { id, lease }: ClaimedImport,
      problem: { code: string; sentence: string } | null,
    ): Promise<boolean> {
      const ended = await query(
        `update import set status = $3, problem_code = $4, problem = $5, finished_at = $6, lease = null, leased_until = now()
         where id = $1 and lease = $2 and status = 'running' returning id`,
        [
          id,
          lease,
          problem ? "failed" : "done",
          problem?.code ?? null,
          problem?.sentence ?? null,
          new Date(clock.now()),
        ],
      );
      return ended.length > 0;
    },

    /** What an import came to, for its audit line. */
    async tally({ id }: ClaimedImport): Promise<{ kind: string; added: number; updated: number; refused: number }> {
      const [row] = await db.query<{ kind: string; added: number; updated: number; refused: number }>(
        "select kind, added, updated, refused from import where id = $1",
        [id],
      );
      return row ?? { kind: "", added: 0, updated: 0, refused: 0 };
    },
  };
}

type Options = { db: Database; clock: Clock; leaseSeconds?: number | undefined };
