import { monthOf } from "#lib/platform/clock";
import { type Database, sqlState } from "#lib/platform/db";
import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import type { Log } from "#lib/platform/log";
import type { QuotaLeft } from "./meter.ts";

/** Who asks a persona, over which channel, when. `id` is the request's; `at` is in milliseconds. */
export type PersonaCaller = {
  id: string;
  organizationId: string;
  keyId?: string | undefined;
  connectionId?: string | undefined;
  userId?: string | undefined;
  channel: "api" | "mcp" | "dashboard";
  tool: string;
  client?: string | undefined;
  at: number;
};

/** What became of a question. */
export type PersonaOutcome = "answered" | "not_covered";

type Taken = { kind: "granted" | "replayed" | "reused" | "refused"; row: string; limit: number | null; used: number };

/**
 * Questions to personas: one unit of persona_requests each, taken with its row in one statement before the work and given
 * back when no answer came of it. What is refused before costs nothing and is recorded as blocked.
 */
export function createPersonaMeter({ db, log }: { db: Database; log: Log }) {
  const writing = new Set<Promise<unknown>>();

  /** Behind the answer: nobody waits for it. */
  function write(work: Promise<unknown>): void {
    const done: Promise<unknown> = work
      .catch((error) => log.warn({ err: error }, "the outcome of a question was not written"))
      .finally(() => writing.delete(done));
    writing.add(done);
  }

  return {
    begin(caller: PersonaCaller) {
      const { id, organizationId } = caller;
      const started = performance.now();
      let row: string | undefined;
      let personaId: string | undefined;
      let quota: QuotaLeft | undefined;

      const complete = (outcome: string, code: string | null, refund: boolean): void => {
        if (row === undefined) return;
        const values = [organizationId, row, outcome, code, performance.now() - started, refund, id];
        // In the meter's order: the counter before any row.
        const refunding = db.transaction.bind(null, async (query) => {
          await query(LOCK_COUNTER, [organizationId, monthOf(caller.at)]);
          await query(SETTLE, values);
        });
        write(refund ? refunding() : db.query(SETTLE, values));
      };

      return {
        /** What is left, once a unit was asked for. */
        quota: () => quota,

        /** Takes the unit and commits its row. Throws AppError `quota_exceeded`, `idempotency_key_reused`. */
        async take(asked: string, idempotencyKey?: string): Promise<void> {
          personaId = asked;
          const [answer] = await db
            .query<{ taken: Taken }>(TAKE, [
              id,
              organizationId,
              asked,
              caller.keyId,
              caller.connectionId,
              caller.userId,
              caller.channel,
              caller.tool,
              caller.client,
              idempotencyKey,
              caller.at,
              monthOf(caller.at),
            ])
            .catch((error: unknown) => {
              // The organization was deleted after its key was read.
              throw sqlState(error) === "23503" ? new AppError("invalid_key", { cause: error }) : error;
            });
          const taken = answer?.taken as Taken;
          const { kind, limit, used } = taken;
          quota = { limit, remaining: limit === null ? null : Math.max(0, limit - used) };
          if (kind === "reused") throw new AppError("idempotency_key_reused");
          if (kind === "refused") throw new AppError("quota_exceeded", { fields: { metric: "persona_requests" } });
          row = taken.row;
        },

        settle: (outcome: PersonaOutcome): void => complete(outcome, null, false),

        /** No answer came of it: the unit goes back; if none was taken, the request is recorded as blocked. */
        fail(thrown: unknown): void {
          const code = isAppError(thrown) ? thrown.code : "internal";
          if (row !== undefined) complete("failed", code, true);
          else if (CATALOG[code].status < 500) this.block(code);
        },

        block(code: string): void {
          write(
            db.query(BLOCK, [
              organizationId,
              id,
              personaId,
              caller.keyId,
              caller.connectionId,
              caller.userId,
              caller.channel,
              caller.tool,
              caller.client,
              code,
              new Date(caller.at),
            ]),
          );
        },
      };
    },

    /** Waits for what is being written. */
    async close(): Promise<void> {
      while (writing.size > 0) await Promise.all(writing);
    },
  };
}

const TAKE = "select take_persona_unit_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::date) as taken";

const LOCK_COUNTER = `
select from quota_counter where organization_id = $1 and metric = 'persona_requests' and period = $2::date for update`;

// A row is completed once, which is why its unit goes back at most once, and only if the last request that rode on it
// failed. Without its key the row is no longer found by a retry, which then pays again.
const SETTLE = `
with completed as (
  update persona_request set outcome = $3, code = $4, latency_ms = $5, units = case when $6::boolean then 0 else units end,
    refunded_at = case when $6::boolean then now() end,
    idempotency_key = case when $6::boolean then null else idempotency_key end
  where organization_id = $1 and id = $2 and outcome = 'pending' and (not $6::boolean or coalesce(retry_id, id) = $7)
  returning organization_id, date_trunc('month', created_at at time zone 'UTC')::date as period
)
update quota_counter c set used = c.used - 1 from completed
where $6::boolean and c.organization_id = completed.organization_id and c.metric = 'persona_requests'
  and c.period = completed.period`;

const BLOCK = `
insert into persona_request (organization_id, id, persona_id, key_id, connection_id, user_id, channel, tool, client, code,
  created_at, outcome, units)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'blocked', 0) on conflict do nothing`;
