import { createHash } from "node:crypto";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import type { Log } from "#lib/platform/log";
import type { Message, SendMail } from "#lib/platform/mail";
import { keyLeakedMail } from "./key-leaked.ts";
import { quotaMail } from "./quota.ts";
import { webhookDisabledMail } from "./webhook-disabled.ts";

/** Something that every owner of an organization is told once. `subject` tells it from others of its kind. */
export type Notice =
  | {
      kind: "quota_80" | "quota_100";
      /** Metric and month. */
      subject: string;
      detail: { metric: string; used: number; limit: number; resets: string };
    }
  | { kind: "key_leaked" /** The key's id. */; subject: string; detail: { name: string; last4: string; url: string } }
  | {
      kind: "webhook_disabled";
      /** The endpoint's id and when. */
      subject: string;
      detail: { webhookId: string; host: string; problem: string };
    };

type Due = Notice & {
  organizationId: string;
  userId: string;
  attempts: number;
  email: string | null;
  workspace: string;
};

/** A limit that is nearly or wholly used, as the counters say. */
type Reached = {
  organizationId: string;
  metric: string;
  /** First day of the month. */
  period: string;
  used: number;
  limit: number;
  percent: 80 | 100;
  resets: string;
};

/** A process that claimed a notice and ended has not sent it; after this long another one may. */
const CLAIM_MS = 10 * 60_000;
const MAX_ATTEMPTS = 24;
const MAX_WAIT_MS = 3_600_000;
const KEPT_MS = 400 * 86_400_000;

/**
 * Mails that each owner gets once, however many processes look and however often they end: a row for each owner is
 * written before anything is sent, and claimed by one UPDATE by whoever sends it.
 */
export function createNotices(options: {
  db: Database;
  clock: Clock;
  log: Log;
  send: SendMail;
  publicUrl: string;
  findReachedLimits: () => Promise<Reached[]>;
}) {
  const { db, clock, log, send, publicUrl } = options;

  /** Claims one that is due; null when there is none. */
  async function claim(): Promise<Due | null> {
    const now = clock.now();
    const [due] = await db.query<Due>(
      `with next as (
         select organization_id, kind, subject, user_id from notice
         where sent_at is null and due_at <= $1 and attempts < ${MAX_ATTEMPTS}
         order by due_at limit 1 for update skip locked)
       update notice n set attempts = n.attempts + 1, due_at = $2
       from next, organization o, "user" u
       where n.organization_id = next.organization_id and n.kind = next.kind and n.subject = next.subject
         and n.user_id = next.user_id and o.id = n.organization_id and u.id = n.user_id
       returning n.organization_id as "organizationId", n.kind, n.subject, n.user_id as "userId", n.detail, n.attempts,
         o.name as workspace, case when exists (select 1 from membership m
           where m.organization_id = n.organization_id and m.user_id = n.user_id and m.role = 'owner') then u.email end as email`,
      [new Date(now), new Date(now + CLAIM_MS)],
    );
    return due ?? null;
  }

  async function settle({ organizationId, kind, subject, userId }: Due, change: string, at: number): Promise<void> {
    await db.query(
      `update notice set ${change} = $5 where organization_id = $1 and kind = $2 and subject = $3 and user_id = $4`,
      [organizationId, kind, subject, userId, new Date(at)],
    );
  }

  async function post(
    organizationId: string,
    notice: Notice,
    unless: readonly Notice["kind"][] = [notice.kind],
    query: Query = db.query,
  ) {
    await query(
      `insert into notice (organization_id, kind, subject, user_id, detail, created_at, due_at)
         select $1, $2, $3, m.user_id, $4::jsonb, $5, $5 from membership m
         where m.organization_id = $1 and m.role = 'owner' and not exists (
           select 1 from notice where organization_id = $1 and subject = $3 and kind = any($6::text[]))
         on conflict do nothing`,
      [organizationId, notice.kind, notice.subject, JSON.stringify(notice.detail), new Date(clock.now()), [...unless]],
    );
  }

  return {
    /** Writes a notice for each owner, unless one was written for that subject before, whoever owned it then. */
    post: (organizationId: string, notice: Notice, query?: Query) => post(organizationId, notice, undefined, query),

    /** Writes what owners are to be told of limits that are nearly or wholly used. */
    async lookAtLimits(): Promise<void> {
      for (const { organizationId, metric, period, percent, ...figures } of await options.findReachedLimits()) {
        const notice = { subject: `${metric} ${period}`, detail: { metric, ...figures } };
        if (percent === 100) await post(organizationId, { kind: "quota_100", ...notice });
        // Whoever was told that it is used up need not hear that it is nearly so.
        else await post(organizationId, { kind: "quota_80", ...notice }, ["quota_80", "quota_100"]);
      }
    },

    /** Sends what is due; what the mail server refuses is tried again, ever more rarely, for a day. Returns how many were sent. */
    async sendDue(): Promise<number> {
      let sent = 0;
      for (let due = await claim(); due; due = await claim()) {
        try {
          // Whoever is no owner any more is not told; the row stays, so that nobody writes it anew.
          if (due.email !== null) {
            await send(mailOf(due, due.email, publicUrl));
            sent++;
          }
          await settle(due, "sent_at", clock.now());
        } catch (error) {
          const { organizationId, kind, attempts } = due;
          log.warn({ err: error, organizationId, kind, attempts }, "a notice could not be mailed");
          await settle(due, "due_at", clock.now() + Math.min(60_000 * 2 ** (attempts - 1), MAX_WAIT_MS));
        }
      }
      return sent;
    },

    /** Forgets those of more than a year ago. */
    async removeOld(): Promise<void> {
      await db.query("delete from notice where created_at < $1", [new Date(clock.now() - KEPT_MS)]);
    },
  };
}

function mailOf(due: Due, to: string, publicUrl: string): Message {
  const { organizationId, workspace } = due;
  const parts = [organizationId, due.kind, due.subject, due.userId];
  const id = `notice.${createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32)}`;
  const common = { to, publicUrl, id, organizationId, workspace };
  if (due.kind === "key_leaked") {
    const { name, last4, url } = due.detail;
    return keyLeakedMail({ ...common, keyName: name, last4, foundAt: url });
  }
  if (due.kind === "webhook_disabled") return webhookDisabledMail({ ...common, ...due.detail });
  return quotaMail({ ...common, ...due.detail, percent: due.kind === "quota_100" ? 100 : 80 });
}
