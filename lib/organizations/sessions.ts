import { createHash, randomBytes } from "node:crypto";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";

/** Who a browser is signed in as. */
export type SessionUser = {
  sessionId: string;
  userId: string;
  email: string;
  name: string | null;
  imageUrl: string | null;
  /** ISO. */
  expiresAt: string;
};

/** A browser in which a user is signed in. Times are ISO; the last use is true within an hour. */
export type OpenSession = {
  id: string;
  userAgent: string | null;
  createdAt: string;
  lastUsedAt: string;
  current: boolean;
};

const LIFETIME_MS = 30 * 86_400_000;
/** A session in use is prolonged, at most this often. */
const PROLONG_EVERY_MS = 3_600_000;
const TOKEN = /^[\w-]{43}$/;

/** Browser sessions: 256 random bits in a cookie, their SHA-256 in the database; 30 days after the last use they end. */
export function createSessions({ db, clock }: { db: Database; clock: Clock }) {
  return {
    async create(userId: string, userAgent: string | null): Promise<{ token: string; expiresAt: Date }> {
      const now = clock.now();
      const token = randomBytes(32).toString("base64url");
      const expiresAt = new Date(now + LIFETIME_MS);
      await db.query(
        `insert into session (id, token_hash, user_id, user_agent, created_at, last_used_at, expires_at)
         values ($1, $2, $3, $4, $5, $5, $6)`,
        [newId("ses", now), hash(token), userId, userAgent?.slice(0, 400) ?? null, new Date(now), expiresAt],
      );
      return { token, expiresAt };
    },

    /** Who the token stands for, or null when it is unknown, ended or expired. */
    async find(token: string): Promise<SessionUser | null> {
      if (!TOKEN.test(token)) return null;
      const now = clock.now();
      const [row] = await db.query<Omit<SessionUser, "expiresAt"> & { expiresAt: Date; lastUsedAt: Date | null }>(
        `select s.id as "sessionId", u.id as "userId", u.email, u.name, u.image_url as "imageUrl",
           s.expires_at as "expiresAt", s.last_used_at as "lastUsedAt"
         from session s join "user" u on u.id = s.user_id where s.token_hash = $1 and s.expires_at > $2`,
        [hash(token), new Date(now)],
      );
      if (!row) return null;
      const { lastUsedAt, ...session } = row;
      if (now - (lastUsedAt?.getTime() ?? 0) > PROLONG_EVERY_MS) {
        session.expiresAt = new Date(now + LIFETIME_MS);
        await db.query("update session set last_used_at = $2, expires_at = $3 where id = $1", [
          session.sessionId,
          new Date(now),
          session.expiresAt,
        ]);
      }
      return { ...session, expiresAt: session.expiresAt.toISOString() };
    },

    /** Where a user is signed in, last used first. `current` is the session that asks. */
    async listOfUser({ userId, sessionId }: Pick<SessionUser, "userId" | "sessionId">): Promise<OpenSession[]> {
      const rows = await db.query<{ id: string; userAgent: string | null; createdAt: Date; lastUsedAt: Date | null }>(
        `select id, user_agent as "userAgent", created_at as "createdAt", last_used_at as "lastUsedAt"
         from session where user_id = $1 and expires_at > $2 order by coalesce(last_used_at, created_at) desc, id desc`,
        [userId, new Date(clock.now())],
      );
      return rows.map(({ createdAt, lastUsedAt, ...row }) => ({
        ...row,
        createdAt: createdAt.toISOString(),
        lastUsedAt: (lastUsedAt ?? createdAt).toISOString(),
        current: row.id === sessionId,
      }));
    },

    /** Ends one of a user's own sessions. Throws AppError `session_not_found`. */
    async endOne({ userId }: Pick<SessionUser, "userId">, id: string): Promise<void> {
      await db.transaction(async (query) => {
        const [ended] = await query("delete from session where id = $1 and user_id = $2 returning id", [id, userId]);
        if (!ended) throw new AppError("session_not_found");
        await recordAudit(query, clock, { actor: userId, action: "session.end", target: id });
      });
    },

    /** Ends every session of a user but the one that asks, and returns how many there were. */
    async endOthers({ userId, sessionId }: Pick<SessionUser, "userId" | "sessionId">): Promise<number> {
      return db.transaction(async (query) => {
        const ended = await query("delete from session where user_id = $1 and id <> $2 returning id", [
          userId,
          sessionId,
        ]);
        const detail = { sessions: ended.length };
        if (ended.length > 0) await recordAudit(query, clock, { actor: userId, action: "session.end_others", detail });
        return ended.length;
      });
    },

    /** Ends the session of a token; no such session is no error. */
    async end(token: string): Promise<void> {
      await db.query("delete from session where token_hash = $1", [hash(token)]);
    },
  };
}

function hash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
