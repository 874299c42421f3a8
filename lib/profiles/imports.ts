import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Row } from "#lib/platform/db";

/** A person as one organization imported them. `photoSha256` names a photo that is stored already. */
export type ImportedPerson = {
  username: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  headline?: string | undefined;
  company?: string | undefined;
  position?: string | undefined;
  location?: string | undefined;
  email?: string | undefined;
  photoSha256?: string | undefined;
};

/** `suppressed` are people who asked not to be shown: nothing of them was kept. */
export type ImportTally = { added: number; updated: number; suppressed: string[] };

/** An imported person as the operator sees them. */
export type ListedPerson = {
  username: string;
  firstName: string | null;
  lastName: string | null;
  headline: string | null;
  company: string | null;
  position: string | null;
  location: string | null;
  email: string | null;
  photoSha256: string | null;
  source: string;
  importedAt: string;
};

const ROWS_A_STATEMENT = 1_000;

/** People an organization imported. */
export function createImports({ db, clock }: { db: Database; clock: Clock }) {
  async function saveSome(
    organizationId: string,
    source: string,
    people: readonly ImportedPerson[],
  ): Promise<ImportTally> {
    const column = <T>(read: (person: ImportedPerson) => T) => people.map(read);
    const rows = await db.query<{ username: string; added: boolean | null }>(SAVE, [
      organizationId,
      source,
      new Date(clock.now()),
      column((p) => p.username),
      column((p) => p.firstName ?? null),
      column((p) => p.lastName ?? null),
      column((p) => p.headline ?? null),
      column((p) => p.company ?? null),
      column((p) => p.position ?? null),
      column((p) => p.location ?? null),
      column((p) => p.email ?? null),
      column((p) => p.photoSha256 ?? null),
    ]);
    return {
      added: rows.filter((row) => row.added === true).length,
      updated: rows.filter((row) => row.added === false).length,
      suppressed: rows.filter((row) => row.added === null).map((row) => row.username),
    };
  }

  return {
    /**
     * Saves people, each username at most once in the list. A fact that is missing here keeps its earlier value, so
     * a list of names and a folder of photos complete each other; importing the same again changes nothing.
     * `onProgress` gets the number saved so far.
     */
    async save(
      organizationId: string,
      source: string,
      people: readonly ImportedPerson[],
      onProgress: (saved: number) => void = () => undefined,
    ): Promise<ImportTally> {
      const tally: ImportTally = { added: 0, updated: 0, suppressed: [] };
      for (let start = 0; start < people.length; start += ROWS_A_STATEMENT) {
        const some = await saveSome(organizationId, source, people.slice(start, start + ROWS_A_STATEMENT));
        tally.added += some.added;
        tally.updated += some.updated;
        tally.suppressed.push(...some.suppressed);
        onProgress(Math.min(start + ROWS_A_STATEMENT, people.length));
      }
      return tally;
    },

    /** An organization's people by username, from `after` on (exclusive), at most `limit`. */
    async list(organizationId: string, { after = "", limit = 100 } = {}): Promise<ListedPerson[]> {
      return listed(
        await db.query(`${LISTED} and username > $2 order by username limit $3`, [organizationId, after, limit]),
      );
    },

    /** One of an organization's people, or null. */
    async find(organizationId: string, username: string): Promise<ListedPerson | null> {
      return listed(await db.query(`${LISTED} and username = $2`, [organizationId, username]))[0] ?? null;
    },

    /** The audit line of a whole import. */
    async recordImport(
      organizationId: string,
      actor: string,
      detail: { file: string; source: string; added: number; updated: number; refused: number },
    ) {
      await recordAudit(db.query, clock, {
        organizationId,
        actor,
        action: "people.import",
        target: organizationId,
        detail,
      });
    },
  };
}

const LISTED = `select username, first_name as "firstName", last_name as "lastName", headline, company, position,
  location, email, photo_sha256 as "photoSha256", source, imported_at as "importedAt"
  from imported_person where organization_id = $1`;

function listed(rows: Row[]): ListedPerson[] {
  return rows.map((row) => ({ ...row, importedAt: (row["importedAt"] as Date).toISOString() }) as ListedPerson);
}

const SAVE = `
with person as (
  select * from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
    as p(username, first_name, last_name, headline, company, position, location, email, photo_sha256)
), saved as (
  insert into imported_person as i (organization_id, source, imported_at, username, first_name, last_name, headline,
    company, position, location, email, photo_sha256)
  select $1, $2, $3, person.* from person
  where not exists (select from suppression s where s.username = person.username)
  on conflict (organization_id, username) do update set
    source = excluded.source, imported_at = excluded.imported_at,
    first_name = coalesce(excluded.first_name, i.first_name), last_name = coalesce(excluded.last_name, i.last_name),
    headline = coalesce(excluded.headline, i.headline), company = coalesce(excluded.company, i.company),
    position = coalesce(excluded.position, i.position), location = coalesce(excluded.location, i.location),
    email = coalesce(excluded.email, i.email), photo_sha256 = coalesce(excluded.photo_sha256, i.photo_sha256)
  returning i.username, xmax = 0 as added
)
select person.username, saved.added from person left join saved using (username)`;
