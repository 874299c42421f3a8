import { createHash, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";

/** Somebody who waits for a decision, and what speaks for them. Times are ISO. */
export type RemovalRequest = {
  id: string;
  username: string;
  email: string;
  /** Whether the address was shown to be theirs, by a link that was sent to it. */
  emailConfirmed: boolean;
  note: string;
  createdAt: string;
  /** How many workspaces imported exactly this address for exactly this person. */
  importsWithEmail: number;
  /** Whether there is anything to remove; the list holds either way. */
  stored: boolean;
};

export type DecidedRemoval = {
  id: string;
  username: string;
  email: string;
  status: "granted" | "refused";
  proof: "email" | "linkedin";
  reason: string | null;
  decidedBy: string | null;
  decidedAt: string;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LINK_MS = DAY_MS;
const MAX_NOTE = 1_000;
const MAX_REASON = 500;
const MAILS_A_DAY_AND_ADDRESS = 3;
const ASKED_AN_HOUR_AND_NETWORK = 5;
const ASKED_AN_HOUR = 200;
/** What was decided is shown that long, and kept to answer questions about it. */
const DECIDED_KEPT_MS = 30 * DAY_MS;
const SHOWN = 200;

/**
 * The queue of people who ask not to be shown. What is answered to whoever asks is the same whether the person is known
 * here or not. `mailed` is whether a mail server is there to send links: without one, requests wait with an address that
 * nobody has confirmed, and say so.
 */
export function createRemovalRequests(options: {
  db: Database;
  clock: Clock;
  mailed: boolean;
  /** Puts a person on the list of those who are not shown. Repeating it changes nothing. */
  suppress: (username: string, reason: string, actor: string) => Promise<void>;
}) {
  const { db, clock, mailed, suppress } = options;
  const lately = new LRUCache<string, number>({ max: 10_000, ttl: HOUR_MS });

  return {
    /**
     * Takes a request. Returns the token of the link to mail to `email`, or null when none is to be sent: there is no mail
     * server, or that address was sent enough today. `network` is whoever asks, as rate limits know them.
     * Throws AppError `too_many_removals`.
     */
    async ask(wanted: { username: string; email: string; note: string; network: string }): Promise<string | null> {
      const now = clock.now();
      const asked = lately.get(wanted.network) ?? 0;
      if (asked >= ASKED_AN_HOUR_AND_NETWORK) throw new AppError("too_many_removals", { retryAfterSeconds: 3_600 });
      lately.set(wanted.network, asked + 1, { noUpdateTTL: true });
      const [counts] = await db.query<{ all: number; mine: number }>(
        `select count(*) filter (where created_at > $1)::int as all, count(*) filter (where email = $3)::int as mine
         from removal_request where created_at > $2`,
        [new Date(now - HOUR_MS), new Date(now - DAY_MS), wanted.email],
      );
      if ((counts?.all ?? 0) >= ASKED_AN_HOUR) throw new AppError("too_many_removals", { retryAfterSeconds: 3_600 });
      // Nobody is told so: it would say that somebody asked with this address before.
      if ((counts?.mine ?? 0) >= MAILS_A_DAY_AND_ADDRESS) return null;
      const token = randomBytes(32).toString("base64url");
      await db.query(
        `insert into removal_request (id, username, email, note, proof, status, token_hash, created_at)
         values ($1, $2, $3, $4, 'email', $5, $6, $7)`,
        [
          newId("rmv", now),
          wanted.username,
          wanted.email,
          oneText(wanted.note, MAX_NOTE),
          mailed ? "unconfirmed" : "waiting",
          mailed ? hashOf(token) : null,
          new Date(now),
        ],
      );
      return mailed ? token : null;
    },

    /** Whether a link can still be used; looking does not use it. */
    async isOpen(token: string): Promise<boolean> {
      const rows = await db.query("select 1 from removal_request where token_hash = $1 and created_at > $2", [
        hashOf(token),
        new Date(clock.now() - LINK_MS),
      ]);
      return rows.length > 0;
    },

    /** Takes a link: the request now waits for a decision. Throws AppError `removal_not_found`. */
    async confirm(token: string): Promise<void> {
      const now = clock.now();
      const confirmed = await db.query(
        `update removal_request set status = 'waiting', confirmed_at = $2, token_hash = null
         where token_hash = $1 and status = 'unconfirmed' and created_at > $3 returning id`,
        [hashOf(token), new Date(now), new Date(now - LINK_MS)],
      );
      if (confirmed.length === 0) throw new AppError("removal_not_found");
    },

    /** Grants at once what LinkedIn itself vouches for: whoever asks is signed in as this profile. */
    async grantProven(username: string): Promise<void> {
      await suppress(username, "asked by the person, signed in with LinkedIn", "linkedin");
      const now = clock.now();
      await db.query(
        `insert into removal_request (id, username, email, note, proof, status, created_at, confirmed_at, decided_at, decided_by)
         values ($1, $2, '', '', 'linkedin', 'granted', $3, $3, $3, 'linkedin')`,
        [newId("rmv", now), username, new Date(now)],
      );
    },

    /** Those who wait, longest first; 200 at most. For operators alone: callers see to that. */
    async waiting(): Promise<RemovalRequest[]> {
      const rows = await db.query<Omit<RemovalRequest, "createdAt"> & { createdAt: Date }>(
        `select r.id, r.username, r.email, r.confirmed_at is not null as "emailConfirmed", r.note, r.created_at as "createdAt",
           (select count(*)::int from imported_person i where i.username = r.username and lower(i.email) = r.email)
             as "importsWithEmail",
           exists (select from profile p where p.username = r.username)
             or exists (select from imported_person i where i.username = r.username) as stored
         from removal_request r where r.status = 'waiting' order by r.created_at, r.id limit ${SHOWN}`,
      );
      return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
    },

    async countWaiting(): Promise<number> {
      const [row] = await db.query<{ count: number }>(
        "select count(*)::int as count from removal_request where status = 'waiting'",
      );
      return row?.count ?? 0;
    },

    /** What was decided in the last 30 days, newest first; 200 at most. */
    async decided(): Promise<DecidedRemoval[]> {
      const rows = await db.query<Omit<DecidedRemoval, "decidedAt"> & { decidedAt: Date }>(
        `select r.id, r.username, r.email, r.status, r.proof, r.reason, coalesce(u.email, r.decided_by) as "decidedBy",
           r.decided_at as "decidedAt"
         from removal_request r left join "user" u on u.id = r.decided_by
         where r.decided_at > $1 order by r.decided_at desc limit ${SHOWN}`,
        [new Date(clock.now() - DECIDED_KEPT_MS)],
      );
      return rows.map((row) => ({ ...row, decidedAt: row.decidedAt.toISOString() }));
    },

    /** Grants a request, and every other one for the same person. Returns whom to tell. Throws `removal_not_found`. */
    async grant(id: string, actor: string): Promise<{ username: string; emails: string[] }> {
      const [found] = await db.query<{ username: string }>(
        "select username from removal_request where id = $1 and status = 'waiting'",
        [id],
      );
      if (!found) throw new AppError("removal_not_found");
      // First what was asked for: broken off here, the request still waits, and is granted again.
      await suppress(found.username, "asked by the person", actor);
      const rows = await decide("username = $1", found.username, "granted", null, actor);
      return { username: found.username, emails: rows.map(({ email }) => email) };
    },

    /** Refuses one request. Returns whom to tell. Throws AppError `reason_missing`, `removal_not_found`. */
    async refuse(
      id: string,
      reason: string,
      actor: string,
    ): Promise<{ email: string; username: string; reason: string }> {
      const why = oneText(reason, MAX_REASON);
      if (!why) throw new AppError("reason_missing");
      const [row] = await decide("id = $1", id, "refused", why, actor);
      if (!row) throw new AppError("removal_not_found");
      return { ...row, reason: why };
    },

    /** Forgets links that were not used, and what was decided a month ago. */
    async removeOld(): Promise<void> {
      const now = clock.now();
      await db.query(
        `delete from removal_request where (status = 'unconfirmed' and created_at < $1)
           or (status in ('granted', 'refused') and decided_at < $2)`,
        [new Date(now - LINK_MS), new Date(now - DECIDED_KEPT_MS)],
      );
    },
  };

  async function decide(
    which: string,
    value: string,
    status: "granted" | "refused",
    reason: string | null,
    actor: string,
  ): Promise<{ email: string; username: string }[]> {
    return db.transaction(async (query) => {
      const rows = await query<{ id: string; email: string; username: string }>(
        `update removal_request set status = $2, reason = $3, decided_by = $4, decided_at = $5
         where ${which} and status = 'waiting' returning id, email, username`,
        [value, status, reason, actor, new Date(clock.now())],
      );
      // The line names the request, not the person: it outlives both.
      for (const { id } of rows)
        await recordAudit(query, clock, {
          actor,
          action: status === "granted" ? "removal.grant" : "removal.refuse",
          target: id,
        });
      return rows;
    });
  }
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function oneText(text: string, most: number): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .slice(0, most);
}
