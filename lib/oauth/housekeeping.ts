import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";

const DAY_MS = 86_400_000;
/** Some clients register at every attempt to connect; those that nobody let in go after a month. */
const UNUSED_CLIENT_DAYS = 30;

/**
 * Removes what is over. Codes and refresh tokens stay a day past their end, since a replay is noticed by the row;
 * connections stay for good, as the record of who was connected.
 */
export async function removeExpiredGrants({ db, clock }: { db: Database; clock: Clock }): Promise<void> {
  const now = clock.now();
  const yesterday = new Date(now - DAY_MS);
  for (const table of ["authorization_request", "authorization_code", "access_token", "refresh_token"]) {
    await db.query(`delete from ${table} where expires_at < $1`, [yesterday]);
  }
  await db.query(
    `delete from oauth_client c where created_at < $1 and coalesce(fetched_at, created_at) < $1
       and not exists (select from connection where client_id = c.id)`,
    [new Date(now - UNUSED_CLIENT_DAYS * DAY_MS)],
  );
}
