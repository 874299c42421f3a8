import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query, Row } from "#lib/platform/db";

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

/** What became of one person. `suppressed`: they asked not to be shown, or this organization hides them; nothing was kept. */
export type SavedPerson = { username: string; outcome: "added" | "updated" | "unchanged" | "suppressed" };

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
  return {
    /**
     * Saves people, each username at most once in the list, and tells what became of each. A fact that is missing here keeps
     * its earlier value, so a list of names and a folder of photos complete each other; importing the same again changes nothing.
     */
    async save(
      query: Query,
      organizationId: string,
      source: string,
      people: readonly ImportedPerson[],
    ): Promise<SavedPerson[]> {
      const saved: SavedPerson[] = [];
      for (let start = 0; start < people.length; start += ROWS_A_STATEMENT) {
        const some = people.slice(start, start + ROWS_A_STATEMENT);
        const column = <T>(read: (person: ImportedPerson) => T) => some.map(read);
        const rows = await query<SavedPerson>(SAVE, [
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
        saved.push(...rows);
      }
      return saved;
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
      query: Query,
      organizationId: string,
      actor: string,
      detail: { file: string; source: string; added: number; updated: number; refused: number; problem?: string },
    ) {
      await recordAudit(query, clock, {
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

// Where nothing differs the row is left as it is, and is not among the returned.
const SAVE = `
with person as (
  select * from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
    as p(username, first_name, last_name, headline, company, position, location, email, photo_sha256)
), hidden as (
  select username from person where exists (select from suppression s where s.username = person.username)
    or exists (select from hidden_person h where h.organization_id = $1 and h.username = person.username)
), saved as (
  insert into imported_person as i (organization_id, source, imported_at, username, first_name, last_name, headline,
    company, position, location, email, photo_sha256)
  select $1, $2, $3, person.* from person where username not in (select username from hidden)
  on conflict (organization_id, username) do update set
    source = excluded.source, imported_at = excluded.imported_at,
    first_name = coalesce(excluded.first_name, i.first_name), last_name = coalesce(excluded.last_name, i.last_name),
    headline = coalesce(excluded.headline, i.headline), company = coalesce(excluded.company, i.company),
    position = coalesce(excluded.position, i.position), location = coalesce(excluded.location, i.location),
    email = coalesce(excluded.email, i.email), photo_sha256 = coalesce(excluded.photo_sha256, i.photo_sha256)
  where i.first_name is distinct from coalesce(excluded.first_name, i.first_name)
    or i.last_name is distinct from coalesce(excluded.last_name, i.last_name)
    or i.headline is distinct from coalesce(excluded.headline, i.headline)
    or i.company is distinct from coalesce(excluded.company, i.company)
    or i.position is distinct from coalesce(excluded.position, i.position)
    or i.location is distinct from coalesce(excluded.location, i.location)
    or i.email is distinct from coalesce(excluded.email, i.email)
    or i.photo_sha256 is distinct from coalesce(excluded.photo_sha256, i.photo_sha256)
  returning i.username, case when xmax = 0 then 'added' else 'updated' end as outcome
)
select person.username, case when hidden.username is not null then 'suppressed' else coalesce(saved.outcome, 'unchanged') end as outcome
from person left join saved using (username) left join hidden using (username)`;
