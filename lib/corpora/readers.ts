import { randomUUID } from "node:crypto";
import type { Database } from "#lib/platform/db";
import type { Jobs } from "#lib/platform/jobs";
import type { Log } from "#lib/platform/log";
import type { Objects } from "./objects.ts";

/** Reads what waits of one persona, under a lease. */
export type ReadPersona = (personaId: string, reader: string) => Promise<void>;

/** A lease holds so long without news of whoever has it: then the persona is somebody else's to read. */
const LEASE_SECONDS = 15;
const RENEW_EVERY_MS = 4_000;
/** After a failure a persona rests, so that one that cannot be read keeps nobody busy. */
const REST_SECONDS = 20;
const LOOK_EVERY_MS = 2_000;
const SWEEP_EVERY_MS = 300_000;

/**
 * Sees to it that files that wait are read, by one process at a time for each persona. The rows themselves are the
 * queue: there is nothing to lose when a process is killed, and its persona is taken over when its lease is over.
 */
export function createReaders(options: {
  db: Database;
  jobs: Jobs;
  log: Log;
  objects: Objects;
  read: ReadPersona;
  /** Takes personas too that lack vectors alone. */
  makesVectors: boolean;
  atOnce?: number | undefined;
}) {
  const { db, jobs, log, objects, makesVectors, atOnce = 2 } = options;
  const running = new Set<Promise<void>>();
  const timers: NodeJS.Timeout[] = [];
  let stopping = false;

  /** Takes a persona that nobody reads and that has something to read: this one, or whichever is next. */
  async function claim(personaId?: string): Promise<{ id: string; reader: string } | undefined> {
    const reader = randomUUID();
    const [row] = await db.query<{ id: string }>(CLAIM, [
      reader,
      `${LEASE_SECONDS} seconds`,
      personaId ?? null,
      makesVectors,
    ]);
    return row && { id: row.id, reader };
  }

  /** Rejects with what kept the persona from being read; then it rests. */
  async function run({ id, reader }: { id: string; reader: string }, read: ReadPersona): Promise<void> {
    const renew = setInterval(() => {
      db.query("update persona set reader_until = now() + $3::interval where id = $1 and reader_id = $2", [
        id,
        reader,
        `${LEASE_SECONDS} seconds`,
      ]).catch((error) => log.debug({ err: error, persona: id }, "a lease was not renewed"));
    }, RENEW_EVERY_MS);
    try {
      await read(id, reader);
    } catch (error) {
      await db
        .query(
          "update persona set reader_id = null, reader_until = now() + $3::interval where id = $1 and reader_id = $2",
          [id, reader, `${stopping ? 0 : REST_SECONDS} seconds`],
        )
        .catch(() => undefined);
      throw error;
    } finally {
      clearInterval(renew);
    }
  }

  return {
    /** Looks for work now and again, until `stop`. `read` stands in for reading within this process. */
    start(read: ReadPersona = options.read): void {
      let looking = false;
      const look = async () => {
        if (looking || stopping) return;
        looking = true;
        try {
          while (!stopping && running.size < atOnce) {
            const claimed = await claim();
            if (!claimed) return;
            const reading = run(claimed, read)
              .catch((error) => {
                if (stopping) return;
                log.error({ err: error, persona: claimed.id }, "reading a persona's files failed; it is tried again");
              })
              .then(() => {
                running.delete(reading);
                void look();
              });
            running.add(reading);
          }
        } catch (error) {
          log.debug({ err: error }, "files that wait could not be looked for");
        } finally {
          looking = false;
        }
      };
      const sweep = () =>
        objects.sweep().catch((error) => log.debug({ err: error }, "files that nobody has were not removed"));
      timers.push(setInterval(look, LOOK_EVERY_MS), setInterval(sweep, SWEEP_EVERY_MS));
      jobs.onWake(() => void look());
      void look();
      void sweep();
    },

    /** Takes nothing new. What is under way is given back by whoever ends it. */
    stop(): void {
      stopping = true;
      for (const timer of timers) clearInterval(timer);
    },

    /** Reads this persona's files here and now; false when nothing waits, or another process is reading them. */
    async readNow(personaId: string): Promise<boolean> {
      const claimed = await claim(personaId);
      if (claimed) await run(claimed, options.read);
      return claimed !== undefined;
    },
  };
}

// Whose turn it was longest ago comes first. By the database's clock: those of machines may differ.
const CLAIM = `
update persona set reader_id = $1, reader_until = now() + $2::interval where id = (
  select p.id from persona p
  where ($3::text is null or p.id = $3) and (p.reader_until is null or p.reader_until < now())
    and (p.indexed_revision < p.revision or ($4::boolean and p.built_in is null and p.revision > 0 and p.vectors_revision < p.revision)
      or exists (select from persona_source s where s.persona_id = p.id and s.state = 'waiting')
      or exists (select from persona_evaluation e where e.persona_id = p.id and e.state = 'waiting'))
  order by p.reader_until nulls first, p.id limit 1 for update skip locked
) returning id`;
