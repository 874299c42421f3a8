import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";

/** How long a link asked for by its addressee is good. */
export const SIGN_IN_LINK_SECONDS = 3_600;
const OPERATOR_LINK_MS = 86_400_000;
/** Links one address may have open at once: nobody's mailbox is filled through us. */
const MAX_OPEN = 5;

/** One-time sign-in links. Of the address and of the token there is only the SHA-256 at rest. */
export function createSignInLinks({ db, clock }: { db: Database; clock: Clock }) {
  async function store(email: string, tokenHash: Buffer, expiresAt: Date): Promise<void> {
    await db.query("insert into verification_token (identifier, token_hash, expires_at) values ($1, $2, $3)", [
      identifierOf(email),
      tokenHash,
      expiresAt,
    ]);
  }

  return {
    store,

    /** Makes a link for whoever operates this installation to hand over: its token, good for a day. */
    async create(email: string): Promise<{ token: string; expiresAt: Date }> {
      const token = randomBytes(32).toString("base64url");
      const expiresAt = new Date(clock.now() + OPERATOR_LINK_MS);
      await store(email, createHash("sha256").update(token).digest(), expiresAt);
      return { token, expiresAt };
    },

    /** Uses a link up: when it ends, or null when it was used, ended, or never made for that address. */
    async take(email: string, tokenHash: Buffer): Promise<{ expiresAt: Date } | null> {
      const [taken] = await db.query<{ expiresAt: Date }>(
        `delete from verification_token where identifier = $1 and token_hash = $2 returning expires_at as "expiresAt"`,
        [identifierOf(email), tokenHash],
      );
      return taken && taken.expiresAt.getTime() > clock.now() ? taken : null;
    },

    /** False while as many links to that address are open as may be. */
    async mayHaveAnother(email: string): Promise<boolean> {
      const [row] = await db.query<{ open: number }>(
        "select count(*) as open from verification_token where identifier = $1 and expires_at > $2",
        [identifierOf(email), new Date(clock.now())],
      );
      return (row?.open ?? 0) < MAX_OPEN;
    },

    /** Forgets what nobody can use any more: links and browser sessions that have ended. */
    async removeEnded(): Promise<void> {
      const now = [new Date(clock.now())];
      await db.query("delete from verification_token where expires_at <= $1", now);
      await db.query("delete from session where expires_at <= $1", now);
    },
  };
}

function identifierOf(email: string): string {
  return createHash("sha256").update(email).digest("hex");
}
