import type { Clock } from "#lib/platform/clock";
import type { Query } from "#lib/platform/db";
import { type ProfileFacts, withSource } from "./facts.ts";
import { lockPerson } from "./suppression.ts";

const DAY_MS = 86_400_000;
/** A photo is looked for again after this. */
const RESOLVED_FRESH_MS = 30 * DAY_MS;
/** A miss is looked up again after a day, give or take a tenth, so that misses of one import do not all return at once. */
const MISS_FRESH_MS = DAY_MS;
/** A job that has not ended by then is taken for lost, and the person may be queued again. */
export const QUEUE_LEASE_MS = 10 * 60_000;

/** What an enrichment found. `askedProviders` are those that answered at all. */
export type EnrichmentResult = {
  facts: ProfileFacts;
  source: string | null;
  photo: { sha256: string; source: string } | null;
  askedProviders: string[];
  /** The canonical username a provider named for a member URN. */
  canonicalUsername: string | null;
};

/**
 * Marks a person as queued for enrichment; false when somebody else has done so already, the person is suppressed, or
 * is known by now: a caller judges by a view that may be half a second old. `providers` are those that could be asked.
 * Call it in the transaction that writes the job: both stand or neither.
 */
export async function claimEnrichment(
  query: Query,
  clock: Clock,
  username: string,
  providers: readonly string[],
): Promise<boolean> {
  const now = clock.now();
  const claimed = await query(
    `insert into profile (username, status, queued_at)
     select $1, 'enriching', $2 where not exists (select from suppression where username = $1)
     on conflict (username) do update set queued_at = $2,
       status = case when profile.status = 'resolved' then 'resolved' else 'enriching' end
     where (profile.queued_at is null or profile.queued_at < $3)
       and (profile.stale_at is null or profile.stale_at <= $2
         or (profile.photo_sha256 is null and not profile.asked_providers @> $4::text[]))
     returning username`,
    [username, new Date(now), new Date(now - QUEUE_LEASE_MS), providers],
  );
  return claimed.length > 0;
}

/** Writes what an enrichment found; false when the person was suppressed meanwhile and nothing may be kept. */
export async function finishEnrichment(
  query: Query,
  clock: Clock,
  asked: string,
  result: EnrichmentResult,
): Promise<boolean> {
  const username = result.canonicalUsername ?? asked;
  await lockPerson(query, username);
  const suppressed = await query("select from suppression where username = any($1::text[])", [[asked, username]]);
  const now = clock.now();
  if (suppressed.length > 0) {
    await query("delete from profile where username = any($1::text[])", [[asked, username]]);
    // By this name too, or each look-up by it would ask the providers again.
    if (asked !== username)
      await query(
        `insert into suppression (username, reason, created_by, created_at, same_as)
         select name, '', 'system', $3, case when name <> $2 then $2 end from unnest(array[$1, $2]) name
         on conflict do nothing`,
        [asked, username, new Date(now)],
      );
    return false;
  }
  const found = result.photo !== null || Object.keys(result.facts).length > 0;
  const freshMs = result.photo ? RESOLVED_FRESH_MS : MISS_FRESH_MS * (0.9 + Math.random() * 0.2);
  if (username !== asked) {
    await query(
      "update profile set canonical_username = $2, status = 'resolved', queued_at = null, checked_at = $3 where username = $1",
      [asked, username, new Date(now)],
    );
  }
  // What was known stays where nothing new was said: an answer without a photo does not take the photo away.
  await query(
    `insert into profile (username, status, facts, photo_sha256, photo_source, asked_providers, queued_at, checked_at, stale_at)
     values ($1, $2, $3, $4, $5, $6, null, $7, $8)
     on conflict (username) do update set
       status = case when excluded.status = 'not_found' and profile.photo_sha256 is not null then 'resolved' else excluded.status end,
       facts = profile.facts || excluded.facts,
       photo_sha256 = coalesce(excluded.photo_sha256, profile.photo_sha256),
       photo_source = coalesce(excluded.photo_source, profile.photo_source),
       asked_providers = excluded.asked_providers, queued_at = null,
       checked_at = excluded.checked_at, stale_at = excluded.stale_at`,
    [
      username,
      found ? "resolved" : "not_found",
      JSON.stringify(withSource(result.facts, result.source ?? "", now)),
      result.photo?.sha256 ?? null,
      result.photo?.source ?? null,
      result.askedProviders,
      new Date(now),
      new Date(now + freshMs),
    ],
  );
  return true;
}

/**
 * Lets a person be queued again, after `retryAt` (milliseconds), when none of the providers could answer. They count as
 * asked, or they would look like new ones and be asked again at once.
 */
export async function abandonEnrichment(
  query: Query,
  username: string,
  retryAt: number,
  providers: readonly string[],
): Promise<void> {
  await query(
    `update profile set queued_at = null, stale_at = $2, asked_providers = $3::text[],
       status = case when status = 'enriching' then 'not_found' else status end
     where username = $1`,
    [username, new Date(retryAt), providers],
  );
}
