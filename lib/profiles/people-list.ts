import { requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { filterOf, limitOf, type Page, pageOf } from "#lib/platform/page";
import { type Corrections, correctedValues } from "./corrections.ts";
import { type SourcedFacts, withoutSource } from "./facts.ts";
import { EMAIL_HASH } from "./findings.ts";
import { parseLinkedInUrl } from "./identity/linkedin-url.ts";
import { QUEUE_LEASE_MS } from "./shared.ts";

export const PERSON_STATUSES = ["resolved", "enriching", "not_found", "suppressed"] as const;
/** As in X-Avatar-Status: a photo is shown, is being looked for, or there is none; `suppressed` is shown as initials whatever is known. */
export type PersonStatus = (typeof PERSON_STATUSES)[number];

/** One of the people an organization imported, looked up or hides. What nobody told is null; of a suppressed one all is. */
export type PersonLine = {
  username: string;
  status: PersonStatus;
  firstName: string | null;
  lastName: string | null;
  headline: string | null;
  company: string | null;
  position: string | null;
  location: string | null;
  /** The photo that is shown, and whose it is: `own` (uploaded by hand), `import`, or the provider's name. */
  photoSha256: string | null;
  photoSource: string | null;
  /** Which file they came from: `connections_csv`, `vcard`, `photo_zip`, `photo_folder`, `sample`, `manual`; null when nobody imported them. */
  source: string | null;
  /** ISO. */
  importedAt: string | null;
  firstLookedUpAt: string | null;
};

export type PeopleQuery = {
  /** Beginnings of words of name, username, company, position or headline, all of which must be found; or a LinkedIn address. */
  search?: string | undefined;
  status?: string | undefined;
  /** Only those that were imported. */
  imported?: boolean | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
};

/** How many people are looked through for a page that wants one status, and by one statement. */
const LOOKED_THROUGH = 4_000;
const AT_ONCE = 2_000;
const MAX_SEARCH_LENGTH = 200;

/** Lists the people an organization knows: whom it imported, looked up or hides. */
export function createPeopleList({ db, clock, preferImports }: { db: Database; clock: Clock; preferImports: boolean }) {
  return {
    /**
     * A page of people by username, for every member to see. With a status, a page may be short, or empty, and still have a
     * `next`: some thousand people are looked through for one. Throws AppError `organization_not_found`.
     */
    async list(viewer: Viewer, organizationId: string, query: PeopleQuery = {}): Promise<Page<PersonLine>> {
      await requireRole(db.query, organizationId, viewer, "member");
      const limit = limitOf(query.limit);
      const status = PERSON_STATUSES.find((one) => one === query.status) ?? null;
      const candidates = await candidatesOf(organizationId, query, status);
      if (!candidates) return { items: [], next: null };
      // Of whom there are few they are asked for; of the others there are as many as people.
      const looksThrough = status === "resolved" || status === "not_found";
      const found: PersonLine[] = [];
      let after = filterOf(query.cursor) ?? "";
      for (let looked = 0; looked < LOOKED_THROUGH; looked += AT_ONCE) {
        const atOnce = looksThrough ? AT_ONCE : limit + 1;
        const rows = await db.query<Row>(`with candidate as materialized (${candidates.sql}) ${PEOPLE}`, [
          organizationId,
          after,
          atOnce,
          new Date(clock.now() - QUEUE_LEASE_MS),
          status,
          ...candidates.values,
        ]);
        for (const row of rows)
          if (row.username !== null) found.push(shown({ ...row, username: row.username }, preferImports));
        const [first] = rows;
        if (!first?.last || first.looked < atOnce || found.length > limit) return pageOf(found, limit, usernameOf);
        after = first.last;
        if (!looksThrough) return { items: found, next: after };
      }
      return { items: found, next: after };
    },
  };

  /** The usernames that are meant: behind $2, in order, at most $3; of their values $6 is the first. Null when nobody can be. */
  async function candidatesOf(
    organizationId: string,
    { search, imported }: PeopleQuery,
    status: PersonStatus | null,
  ): Promise<{ sql: string; values: unknown[] } | null> {
    const text = filterOf(search?.trim().slice(0, MAX_SEARCH_LENGTH));
    const address = text ? parseLinkedInUrl(text) : null;
    const everybody = imported ? [IMPORTED] : [IMPORTED, LOOKED_UP, HIDDEN];
    if (address?.ok)
      return { sql: inOrder(everybody.map((one) => `${one} and username = $6`)), values: [address.username] };
    if (text) {
      const [words] = await db.query<{ own: string | null; shared: string | null }>(BEGINNINGS, [organizationId, text]);
      if (!words?.own) return null;
      if (imported) return { sql: inOrder([FOUND_IMPORTED, FOUND_CORRECTED]), values: [words.own] };
      const start = text.toLowerCase().replaceAll(" ", "-");
      return {
        sql: inOrder([FOUND_IMPORTED, FOUND_CORRECTED, FOUND_SHARED, FOUND_USERNAME]),
        values: [words.own, words.shared, start],
      };
    }
    if (status === "suppressed") return { sql: inOrder([HIDDEN, SUPPRESSED]), values: [] };
    if (status === "enriching") return { sql: inOrder([QUEUED]), values: [] };
    return { sql: inOrder(everybody), values: [] };
  }
}

const IMPORTED = "select username from imported_person where organization_id = $1 and username > $2";
const LOOKED_UP = "select username from organization_profile where organization_id = $1 and username > $2";
const HIDDEN = "select username from hidden_person where organization_id = $1 and username > $2";
const SUPPRESSED = `select username from suppression s where username > $2
  and exists (select from organization_profile o where o.organization_id = $1 and o.username = s.username)`;
const QUEUED = `select username from profile p where username > $2 and queued_at > $4 and (
  exists (select from organization_profile o where o.organization_id = $1 and o.username = p.username)
  or exists (select from imported_person i where i.organization_id = $1 and i.username = p.username))`;

/** All words of a text as beginnings that must be found; null when there is none in it. */
const begins = (prefix: string) =>
  `(select string_agg('''' || lexeme || ''':*', ' & ') from unnest(person_search_v1(${prefix}, $2)))`;
const BEGINNINGS = `select ${begins("right($1, 8) || '/'")} as own, ${begins("''")} as shared`;
// That PostgreSQL sees what is asked for tells it whether the index is worth it.
const FOUND_IMPORTED = `${IMPORTED} and search @@ $6::tsquery`;
// Made by hand, so few: their words are taken apart as they are read.
const corrected = (name: string, column: string) => `coalesce(corrections #>> '{${name},value}', ${column}, '')`;
const FOUND_CORRECTED = `${IMPORTED} and corrections is not null and person_search_v1(right($1, 8) || '/',
  ${corrected("firstName", "first_name")} || ' ' || ${corrected("lastName", "last_name")} || ' ' || username || ' '
  || ${corrected("company", "company")} || ' ' || ${corrected("headline", "headline")} || ' '
  || ${corrected("position", "position")}) @@ $6::tsquery`;
const FOUND_SHARED = `select username from profile p where username > $2 and search @@ $7::tsquery
  and exists (select from organization_profile o where o.organization_id = $1 and o.username = p.username)`;
// Of somebody who was only looked up, the username is all that is known; U+10FFFF is behind everything that begins so.
const FOUND_USERNAME = `${LOOKED_UP} and username >= $8 and username < $8 || chr(1114111)`;

function inOrder(all: readonly string[]): string {
  const [only = "", ...more] = all.map((sql) => `${sql} order by username limit $3`);
  if (more.length === 0) return only;
  return `${[only, ...more].map((sql) => `(${sql})`).join(" union ")} order by username limit $3`;
}

/** Of the candidates those of one status, in the order of their usernames, with how many were looked at and the last of them. */
const PEOPLE = `, one as (
  select count(*) as looked, max(username) as last from candidate
), person as (
  select c.username, i.source, i.first_name, i.last_name, i.headline, i.company, i.position, i.location, i.imported_at,
    i.corrections, i.own_photo_sha256, i.photo_sha256, p.facts, coalesce(p.photo_sha256, f.photo_sha256) as shared_sha256,
    case when p.photo_sha256 is null then f.source else p.photo_source end as photo_source, o.first_seen_at,
    case
      when exists (select from suppression s where s.username = c.username)
        or exists (select from hidden_person h where h.organization_id = $1 and h.username = c.username) then 'suppressed'
      when coalesce(i.own_photo_sha256, i.photo_sha256, p.photo_sha256, f.photo_sha256) is not null then 'resolved'
      when p.queued_at > $4 then 'enriching' else 'not_found'
    end as status
  from candidate c
  left join imported_person i on i.organization_id = $1 and i.username = c.username
  left join organization_profile o on o.organization_id = $1 and o.username = c.username
  left join profile p on p.username = c.username
  left join organization_finding f on f.organization_id = $1 and f.username = c.username and f.email_hash = ${EMAIL_HASH}
)
select one.looked, one.last, person.username, person.status, person.source, first_name as "firstName", last_name as "lastName",
  headline, company, position, location, corrections, imported_at as "importedAt", own_photo_sha256 as "ownPhoto",
  photo_sha256 as "importedPhoto", facts, shared_sha256 as "sharedPhoto", photo_source as "sharedPhotoSource",
  first_seen_at as "firstLookedUpAt"
from one left join person on $5::text is null or status = $5 order by person.username`;

type Row = {
  looked: number;
  last: string | null;
  username: string | null;
  status: PersonStatus;
  source: string | null;
  firstName: string | null;
  lastName: string | null;
  headline: string | null;
  company: string | null;
  position: string | null;
  location: string | null;
  corrections: Corrections | null;
  importedAt: Date | null;
  ownPhoto: string | null;
  importedPhoto: string | null;
  facts: SourcedFacts | null;
  sharedPhoto: string | null;
  sharedPhotoSource: string | null;
  firstLookedUpAt: Date | null;
};

function shown(row: Row & { username: string }, preferImports: boolean): PersonLine {
  const hidden = row.status === "suppressed";
  const told = hidden || !row.facts ? {} : withoutSource(row.facts);
  const corrected = correctedValues(row.corrections);
  const fact = (name: keyof typeof corrected, imported: string | null, shared?: string) => {
    if (hidden) return null;
    return corrected[name] ?? (preferImports ? (imported ?? shared) : (shared ?? imported)) ?? null;
  };
  return {
    username: row.username,
    status: row.status,
    firstName: fact("firstName", row.firstName, told.firstName),
    lastName: fact("lastName", row.lastName, told.lastName),
    headline: fact("headline", row.headline, told.headline),
    company: fact("company", row.company),
    position: fact("position", row.position),
    location: fact("location", row.location, told.location),
    ...(hidden ? { photoSha256: null, photoSource: null } : shownPhoto(row, preferImports)),
    source: row.source,
    importedAt: row.importedAt?.toISOString() ?? null,
    firstLookedUpAt: row.firstLookedUpAt?.toISOString() ?? null,
  };
}

/** Which of a person's photos is shown: what was uploaded by hand, then in the order configured. */
export function shownPhoto(
  row: Pick<Row, "ownPhoto" | "importedPhoto" | "sharedPhoto" | "sharedPhotoSource">,
  preferImports: boolean,
): { photoSha256: string | null; photoSource: string | null } {
  if (row.ownPhoto) return { photoSha256: row.ownPhoto, photoSource: "own" };
  const imported = { photoSha256: row.importedPhoto, photoSource: "import" };
  const shared = { photoSha256: row.sharedPhoto, photoSource: row.sharedPhotoSource };
  const found = (preferImports ? [imported, shared] : [shared, imported]).find((photo) => photo.photoSha256);
  return found ?? { photoSha256: null, photoSource: null };
}

function usernameOf({ username }: PersonLine): string {
  return username;
}
