import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { lockPerson, namesOf } from "#lib/profiles";

/** Everything that is stored about one person, by table; a table without a row of theirs is left out. */
export type PersonalData = {
  username: string;
  /** Every name they are stored under. */
  names: string[];
  generatedAt: string;
  tables: Record<string, Record<string, unknown>[]>;
};

/** How many rows of each table were deleted, or freed of the name. */
export type ErasureReport = { deleted: Record<string, number>; anonymised: Record<string, number>; photos: string[] };

/** Where people's names stand: how their rows are found (`$1` is the names, `$2` the same as parts of addresses). */
type Place = {
  table: string;
  where: string;
  /** Instead of deleting: the ledger and the audit log outlive what they name. */
  anonymise?: string;
};

const PLACES: readonly Place[] = [
  { table: "profile", where: "username = any($1::text[])" },
  { table: "organization_finding", where: "username = any($1::text[])" },
  { table: "imported_person", where: "username = any($1::text[])" },
  { table: "hidden_person", where: "username = any($1::text[])" },
  { table: "organization_profile", where: "username = any($1::text[])" },
  {
    table: "import_row",
    where: "value = any($1::text[]) or value ilike any($2::text[]) or problem ilike any($2::text[])",
  },
  { table: "webhook_delivery", where: "username = any($1::text[])" },
  { table: "removal_request", where: "username = any($1::text[])" },
  {
    table: "avatar_request",
    where: "username = any($1::text[])",
    anonymise: "username = null, idempotency_key = null",
  },
  {
    table: "audit_event",
    where: "target = any($1::text[])",
    anonymise: "target = 'erased', detail = '{}'::jsonb",
  },
];

/** Finds, exports and erases what is stored about one person, over all tables and workspaces. For the operator. */
export function createPersonalData({
  db,
  clock,
  removePhotos,
  suppress,
}: {
  db: Database;
  clock: Clock;
  /** Deletes those of the photos that nobody else is shown by. */
  removePhotos: (hashes: readonly string[]) => Promise<void>;
  suppress: (username: string, reason: string, actor: string) => Promise<void>;
}) {
  return {
    /** Everything, as JSON. Photos are named by their hash, with what a page could know of them. */
    async export(username: string): Promise<PersonalData> {
      const names = await namesOf(db.query, username);
      const tables: PersonalData["tables"] = {};
      for (const { table, where } of await presentPlaces(db.query)) {
        // What an index is made of, and what a link was checked by, says nothing to anybody.
        const rows = await db.query<{ row: Record<string, unknown> }>(
          `select to_jsonb(t) - '{search,token_hash}'::text[] as row from ${table} t where ${where}`,
          [names, addressesOf(names)].slice(0, where.includes("$2") ? 2 : 1),
        );
        if (rows.length > 0) tables[table] = rows.map(({ row }) => row);
      }
      const listed = await db.query("select * from suppression where username = any($1::text[])", [names]);
      if (listed.length > 0) tables["suppression"] = listed;
      const photos = await db.query(
        `select sha256, side, crop, dominant_colour, created_at from photo where sha256 in (
           select photo_sha256 from profile where username = any($1::text[])
           union select photo_sha256 from imported_person where username = any($1::text[])
           union select own_photo_sha256 from imported_person where username = any($1::text[])
           union select photo_sha256 from organization_finding where username = any($1::text[]))`,
        [names],
      );
      if (photos.length > 0) tables["photo"] = photos;
      return { username, names, generatedAt: new Date(clock.now()).toISOString(), tables };
    },

    /**
     * Erases everything but the person's place on the list of those who are not shown: without it the next look-up would
     * store them anew. `keepAway` puts them there first. Units that were counted stay counted, without the name.
     */
    async erase(username: string, actor: string, keepAway: boolean): Promise<ErasureReport> {
      if (keepAway) await suppress(username, "erased", actor);
      const report = await db.transaction(async (query) => {
        await lockPerson(query, username);
        const names = await namesOf(query, username);
        const done: ErasureReport = { deleted: {}, anonymised: {}, photos: [] };
        const photos = await query<{ photo: string }>(
          `select photo_sha256 as photo from profile where username = any($1::text[]) and photo_sha256 is not null
           union select photo_sha256 from imported_person where username = any($1::text[]) and photo_sha256 is not null
           union select own_photo_sha256 from imported_person where username = any($1::text[]) and own_photo_sha256 is not null
           union select photo_sha256 from organization_finding where username = any($1::text[]) and photo_sha256 is not null`,
          [names],
        );
        done.photos = photos.map(({ photo }) => photo);
        for (const { table, where, anonymise } of await presentPlaces(query)) {
          const values = [names, addressesOf(names)].slice(0, where.includes("$2") ? 2 : 1);
          const change = anonymise
            ? `update ${table} set ${anonymise} where ${where}`
            : `delete from ${table} where ${where}`;
          const [row] = await query<{ count: number }>(
            `with changed as (${change} returning 1) select count(*)::int as count from changed`,
            values,
          );
          if (row?.count) (anonymise ? done.anonymised : done.deleted)[table] = row.count;
        }
        const counts = { ...done.deleted, ...done.anonymised, photos: done.photos.length };
        await recordAudit(query, clock, { actor, action: "privacy.erase", detail: counts });
        return done;
      });
      await removePhotos(report.photos);
      return report;
    },
  };
}

/** The queue makes its table at its first use. */
const JOBS: Place = {
  table: "pgboss.job",
  where: "name = 'enrich' and data->>'username' = any($1::text[])",
};

async function presentPlaces(query: Query): Promise<readonly Place[]> {
  const [row] = await query<{ there: boolean }>("select to_regclass('pgboss.job') is not null as there");
  return row?.there ? [...PLACES, JOBS] : PLACES;
}

/** How a name may stand in a row that quotes a file: as an address, or as the name of a photo. */
function addressesOf(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const plain = name.replace(/[\\%_]/g, "\\$&");
    return [`%/in/${plain}`, `%/in/${plain}/%`, `%/in/${plain}?%`, `${plain}.%`, `%/${plain}.%`];
  });
}
