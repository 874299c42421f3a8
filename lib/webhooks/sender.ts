import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";
import { isOutboundError, type SafeFetch } from "#lib/platform/safe-fetch";
import type { Cipher } from "#lib/platform/secret";
import { bodyOf, type Told } from "./payload.ts";
import { signatureOf } from "./signature.ts";

/** How long after each attempt the next one comes: about a day in all, beginning within seconds. */
const RETRY_AFTER_SECONDS = [5, 60, 300, 1_800, 7_200, 14_400, 28_800, 28_800] as const;
/** An endpoint that nothing reached for so long is not tried any more. */
const DISABLE_AFTER_MS = 5 * 86_400_000;
/** Who claimed a delivery and ended has not sent it; after this long another one may. */
const CLAIM_MS = 60_000;
const DEADLINE_MS = 15_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const EXCERPT = 500;
const POLL_MS = 2_000;
/** Of one endpoint at once, so that a slow one leaves room for the others. */
const AT_ONCE_EACH = 2;
const AT_ONCE = 32;

type Claimed = Told & {
  id: string;
  organizationId: string;
  endpointId: string;
  attempts: number;
  url: string;
  secret: Buffer;
  previousSecret: Buffer | null;
};

type Result = { status: number | null; response: string | null; problem: string | null; gone?: boolean };

/** Sends what is due, in the worker; several may run. What one claimed and did not settle is sent again by another. */
export function createWebhookSender(options: {
  db: Database;
  clock: Clock;
  log: Log;
  cipher: Cipher;
  fetch: SafeFetch;
  publicUrl: string;
  /** Tells the owners that an endpoint is not tried any more, in the transaction that says so. */
  tellDisabled: (
    query: Query,
    endpoint: { id: string; organizationId: string; url: string; problem: string },
  ) => Promise<void>;
}) {
  const { db, clock, log, cipher, fetch, publicUrl, tellDisabled } = options;
  const running = new Map<Promise<void>, string>();
  const stopping = new AbortController();
  let woken = () => {};

  async function claim(most: number): Promise<Claimed[]> {
    const now = clock.now();
    const busy = [...running.values()];
    const full = [...new Set(busy)].filter((id) => busy.filter((one) => one === id).length >= AT_ONCE_EACH);
    return db.query<Claimed>(CLAIM, [new Date(now), new Date(now + CLAIM_MS), full, most]);
  }

  async function deliver(claimed: Claimed): Promise<void> {
    const body = bodyOf(claimed, publicUrl);
    const timestampSeconds = Math.floor(clock.now() / 1_000);
    const secrets = [claimed.secret, claimed.previousSecret].flatMap((bytes) => (bytes ? cipher.decrypt(bytes) : []));
    const started = performance.now();
    const result = await fetch(claimed.url, {
      method: "POST",
      deadline: AbortSignal.any([stopping.signal, AbortSignal.timeout(DEADLINE_MS)]),
      maxBytes: MAX_ANSWER_BYTES,
      headers: {
        "content-type": "application/json",
        "user-agent": "Avtrz-Webhooks/1",
        "webhook-id": claimed.id,
        "webhook-timestamp": String(timestampSeconds),
        "webhook-signature": signatureOf(secrets, { id: claimed.id, timestampSeconds, body }),
      },
      body,
    }).then(
      ({ status, bytes }): Result => ({
        status,
        response: excerptOf(bytes),
        problem: status >= 200 && status < 300 ? null : `It answered with status ${status}.`,
        gone: status === 410,
      }),
      (error: unknown): Result => ({ status: null, response: null, problem: problemOf(error) }),
    );
    if (stopping.signal.aborted && result.status === null) return giveBack(claimed);
    await settle(claimed, result, Math.round(performance.now() - started));
  }

  /** This process ends; another one, or the next start, sends it. */
  async function giveBack({ id }: Claimed): Promise<void> {
    await db.query(
      "update webhook_delivery set attempts = attempts - 1, due_at = $2 where id = $1 and state = 'pending'",
      [id, new Date(clock.now())],
    );
  }

  async function settle(claimed: Claimed, result: Result, latencyMs: number): Promise<void> {
    const now = clock.now();
    const waitSeconds = RETRY_AFTER_SECONDS[claimed.attempts - 1];
    const state = result.problem === null ? "delivered" : waitSeconds === undefined ? "failed" : "pending";
    // Not all at the same moment: an endpoint that comes back should not be thrown over again.
    const dueAt = new Date(now + (waitSeconds ?? 0) * 1_000 * (0.9 + Math.random() * 0.2));
    await db.transaction(async (query) => {
      await query(
        `update webhook_delivery set state = $2, due_at = $3, status = $4, latency_ms = $5, response = $6, problem = $7,
           delivered_at = coalesce($8, delivered_at) where id = $1`,
        [
          claimed.id,
          state,
          dueAt,
          result.status,
          latencyMs,
          result.response,
          result.problem,
          state === "delivered" ? new Date(now) : null,
        ],
      );
      if (result.problem === null) {
        await query("update webhook_endpoint set failing_since = null where id = $1 and failing_since is not null", [
          claimed.endpointId,
        ]);
        return;
      }
      const [disabled] = await query(
        `update webhook_endpoint set failing_since = coalesce(failing_since, $2),
           disabled_at = case when $4 or failing_since < $3 then $2 end,
           disabled_reason = case when $4 then 'It says that it is gone (status 410).'
             when failing_since < $3 then 'Nothing reached it for five days.' end
         where id = $1 and disabled_at is null returning disabled_at is not null as disabled`,
        [claimed.endpointId, new Date(now), new Date(now - DISABLE_AFTER_MS), result.gone === true],
      );
      if (!disabled?.["disabled"]) return;
      const { endpointId: id, organizationId, url } = claimed;
      await tellDisabled(query, { id, organizationId, url, problem: result.problem });
    });
  }

  /** Claims and begins what there is room for; true when something was begun. */
  async function round(): Promise<boolean> {
    const room = AT_ONCE - running.size;
    if (room <= 0) return false;
    const claimed = await claim(room);
    for (const one of claimed) {
      const work: Promise<void> = deliver(one)
        .catch((error) => log.warn({ err: error, delivery: one.id }, "a delivery will be tried again"))
        .finally(() => {
          running.delete(work);
          woken();
        });
      running.set(work, one.endpointId);
    }
    return claimed.length > 0;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const begun = await round().catch((error) => {
        log.warn({ err: error }, "webhooks wait for the database");
        return false;
      });
      if (begun || stopping.signal.aborted) continue;
      const waiting = new AbortController();
      woken = () => waiting.abort();
      await sleep(POLL_MS, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    start(): void {
      void loop();
    },
    wake: () => woken(),
    /** Sends all that is due now, and waits for it. */
    async runAll(): Promise<void> {
      while ((await round()) || running.size > 0) await Promise.race([...running.keys(), sleep(50)]);
    },
    async stop(): Promise<void> {
      stopping.abort();
      woken();
      await Promise.allSettled(running.keys());
    },
  };
}

// A place in each endpoint's own queue: one with a hundred thousand waiting costs no more than one with two.
const CLAIM = `
with due as (
  select d.id from webhook_endpoint e cross join lateral (
    select id, due_at from webhook_delivery where endpoint_id = e.id and state = 'pending' and due_at <= $1
    order by due_at limit ${AT_ONCE_EACH} for update skip locked) d
  where e.disabled_at is null and not e.id = any($3::text[]) order by d.due_at limit $4)
update webhook_delivery d set attempts = d.attempts + 1, due_at = $2
from due, webhook_endpoint e where d.id = due.id and e.id = d.endpoint_id
returning d.id, d.organization_id as "organizationId", d.endpoint_id as "endpointId", d.type, d.username, d.data, d.attempts,
  d.created_at as "createdAt", e.url, e.secret,
  case when e.previous_until > $1 then e.previous_secret end as "previousSecret"`;

function excerptOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, EXCERPT * 4)).toString("utf8");
  return text.replace(/[^\P{Cc}\n]/gu, " ").slice(0, EXCERPT);
}

function problemOf(error: unknown): string {
  if (!isOutboundError(error)) return "It could not be sent.";
  return PROBLEMS[error.kind] ?? `It could not be reached (${error.kind}).`;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  refused_address: "Its address is not on the public internet, and nothing is sent there.",
  refused_scheme: "Only https addresses are told.",
  timeout: `It did not answer within ${DEADLINE_MS / 1_000} seconds.`,
  dns: "Its name is not known (DNS).",
  tls: "Its certificate is not valid.",
  too_large: "Its answer was too large to be read.",
};
