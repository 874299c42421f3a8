import { createHash } from "node:crypto";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";

export type Suppression = { username: string; reason: string; createdBy: string; createdAt: string };

/** Everything that changes what is kept of one person takes this lock first, in its transaction. */
export async function lockPerson(query: Query, username: string): Promise<void> {
  const key = createHash("sha256").update(username).digest().readBigInt64BE(0);
  await query("select pg_advisory_xact_lock($1::bigint)", [key.toString()]);
}

/** Every name a person is stored under: as given, the canonical one, and those that lead to it (member URNs). */
export async function namesOf(query: Query, username: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `with canonical as (select coalesce((select canonical_username from profile where username = $1), $1) as name)
     select $1 as name union select name from canonical
     union select p.username from profile p join canonical c on p.canonical_username = c.name
     union select s.username from suppression s join canonical c on s.same_as = c.name`,
    [username],
  );
  return rows.map(({ name }) => name);
}

/** The list of people who are shown as initials everywhere, and of whom nothing is kept. */
export function createSuppressions({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /**
     * Puts a person on the list, under every name they are known by, and deletes what is kept: facts, imports of every
     * organization, references to photos. Returns the photos that were shown; the caller removes those that nobody else is
     * shown by.
     */
    async add(username: string, reason: string, actor: string): Promise<{ photos: string[] }> {
      return db.transaction(async (query) => {
        await lockPerson(query, username);
        const names = await namesOf(query, username);
        await query(
          `insert into suppression (username, reason, created_by, created_at, same_as)
           select name, $2, $3, $4, case when name <> head then head end
           from unnest($5::text[]) name, (select coalesce(
             (select canonical_username from profile where username = $1),
             (select same_as from suppression where username = $1), $1) as head) heads
           on conflict (username) do nothing`,
          [username, reason, actor, new Date(clock.now()), names],
        );
        const removed = await query<{ photo: string | null }>(
          `with shared as (delete from profile where username = any($1::text[]) returning photo_sha256 as photo),
             imports as (delete from imported_person where username = any($1::text[])
               returning photo_sha256 as photo, own_photo_sha256 as own)
           select photo from shared union select photo from imports union select own from imports
           union select photo_sha256 from organization_finding where username = any($1::text[])`,
          [names],
        );
        // Nobody is told of them any more either, of what happened before least of all.
        await query("delete from webhook_delivery where username = any($1::text[])", [names]);
        await recordAudit(query, clock, { actor, action: "suppression.add", target: username, detail: { reason } });
        return { photos: removed.flatMap((row) => row.photo ?? []) };
      });
    },

    /** Takes a person off the list; false when they were not on it. What was deleted does not come back by itself. */
    async remove(username: string, actor: string): Promise<boolean> {
      return db.transaction(async (query) => {
        const removed = await query(
          `delete from suppression s using (select coalesce(
             (select same_as from suppression where username = $1), $1) as head) heads
           where s.username = head or s.same_as = head returning s.username`,
          [username],
        );
        if (removed.length === 0) return false;
        await recordAudit(query, clock, { actor, action: "suppression.remove", target: username });
        return true;
      });
    },

    async has(username: string): Promise<boolean> {
      return (await db.query("select 1 from suppression where username = $1", [username])).length > 0;
    },

    async list(): Promise<Suppression[]> {
      const rows = await (await db.prisma()).suppression.findMany({
        where: { sameAs: null },
        orderBy: { createdAt: "asc" },
      });
      return rows.map(({ sameAs: _, ...row }) => ({ ...row, createdAt: row.createdAt.toISOString() }));
    },
  };
}
