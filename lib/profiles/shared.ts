import type { Clock } from "#lib/platform/clock";
import type { Query } from "#lib/platform/db";
import { mergeAnswers, type ProviderAnswers } from "./answers.ts";
import type { SourcedFacts } from "./facts.ts";
import { lockPerson } from "./suppression.ts";

/** A job that has not ended by then is taken for lost, and the person may be queued again. */
export const QUEUE_LEASE_MS = 10 * 60_000;

/** What an enrichment found. Times in milliseconds. */
export type EnrichmentResult = {
  /** What this look-up heard; who was not asked this time is not in it. */
  answers: ProviderAnswers;
  /** A photo better than the one there is; null leaves that. */
  photo: { sha256: string; source: string; takenAt: number | null } | null;
  /** All that could have been asked: until another is configured there is nobody new to ask. */
  providers: readonly string[];
  /** The canonical username a provider named for a member URN. */
  canonicalUsername: string | null;
  /** When to look again. */
  staleAt: number;
};

/**
 * What a look-up starts from; null when nobody waits for one: the person was suppressed, or looked up by another job since
 * this one was sent.
 */
export type KnownOfPerson = {
  answers: ProviderAnswers;
  photo: { sha256: string; source: string; side: number; takenAt: number | null } | null;
} | null;

export async function readEnrichment(query: Query, username: string): Promise<KnownOfPerson> {
  const [row] = await query<{
    answers: ProviderAnswers;
    sha256: string | null;
    source: string | null;
    side: number;
    takenAt: Date | null;
  }>(
    `select p.answers, photo.sha256, p.photo_source as source, photo.side, p.photo_taken_at as "takenAt"
     from profile p left join photo on photo.sha256 = p.photo_sha256
     where p.username = $1 and p.queued_at is not null`,
    [username],
  );
  if (!row) return null;
  const { answers, sha256, source, side, takenAt } = row;
  return {
    answers,
    photo: sha256 === null ? null : { sha256, source: source ?? "", side, takenAt: takenAt?.getTime() ?? null },
  };
}

/**
 * Keeps what providers just said, so that they are not asked and paid again when the look-up is broken off. False for whom
 * was suppressed meanwhile: nothing may be kept, and nobody else need be asked.
 */
export async function rememberAnswers(
  query: Query,
  said: readonly { username: string; answers: ProviderAnswers }[],
): Promise<boolean[]> {
  const rows = await query<{ username: string }>(
    `update profile p set answers = p.answers || said.answers
     from (select username, jsonb_object_agg(provider.key, provider.value) as answers
       from unnest($1::text[], $2::jsonb[]) as one(username, told), jsonb_each(told) provider group by username) said
     where p.username = said.username returning p.username`,
    [said.map(({ username }) => username), said.map(({ answers }) => JSON.stringify(answers))],
  );
  const kept = new Set(rows.map(({ username }) => username));
  return said.map(({ username }) => kept.has(username));
}

/**
 * Marks people as queued for enrichment, and returns those that are now: not whom somebody else has queued already, who is
 * suppressed, or known by now (a caller judges by a view that may be half a second old). `providers` are those that could
 * be asked. Call it in the transaction that writes the jobs: both stand or neither.
 */
export async function claimEnrichment(
  query: Query,
  clock: Clock,
  usernames: readonly string[],
  providers: readonly string[],
): Promise<string[]> {
  const now = clock.now();
  // In one order everywhere, so that two who claim the same people wait for each other and not both.
  const claimed = await query<{ username: string }>(
    `insert into profile (username, status, queued_at)
     select asked.username, 'enriching', $2 from unnest($1::text[]) as asked(username)
     where not exists (select from suppression s where s.username = asked.username) order by asked.username
     on conflict (username) do update set queued_at = $2,
       status = case when profile.status = 'resolved' then 'resolved' else 'enriching' end
     where (profile.queued_at is null or profile.queued_at < $3)
       and (profile.stale_at is null or profile.stale_at <= $2
         or (profile.photo_sha256 is null and not profile.asked_providers @> $4::text[]))
     returning username`,
    [[...new Set(usernames)], new Date(now), new Date(now - QUEUE_LEASE_MS), providers],
  );
  return claimed.map(({ username }) => username);
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
  const [known] = await query<{ facts: SourcedFacts; answers: ProviderAnswers }>(
    "select facts, answers from profile where username = $1",
    [username],
  );
  const answers = { ...known?.answers, ...result.answers };
  const facts = mergeAnswers(answers, result.providers, known?.facts ?? {});
  const found = result.photo !== null || Object.keys(facts).length > 0;
  if (username !== asked) {
    await query(
      `update profile set canonical_username = $2, status = 'resolved', queued_at = null, checked_at = $3, answers = '{}'
       where username = $1`,
      [asked, username, new Date(now)],
    );
  }
  // What was known stays where nothing new was said: an answer without a photo does not take the photo away.
  await query(
    `insert into profile (username, status, facts, answers, photo_sha256, photo_source, photo_at, photo_taken_at,
       asked_providers, queued_at, checked_at, stale_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, $10, $11)
     on conflict (username) do update set
       status = case when excluded.status = 'not_found' and profile.photo_sha256 is not null then 'resolved' else excluded.status end,
       facts = excluded.facts, answers = excluded.answers,
       photo_sha256 = coalesce(excluded.photo_sha256, profile.photo_sha256),
       photo_source = case when excluded.photo_sha256 is null then profile.photo_source else excluded.photo_source end,
       photo_at = case when excluded.photo_sha256 is null then profile.photo_at else excluded.photo_at end,
       photo_taken_at = case when excluded.photo_sha256 is null then profile.photo_taken_at else excluded.photo_taken_at end,
       asked_providers = excluded.asked_providers, queued_at = null,
       checked_at = excluded.checked_at, stale_at = excluded.stale_at`,
    [
      username,
      found ? "resolved" : "not_found",
      JSON.stringify(facts),
      JSON.stringify(answers),
      result.photo?.sha256 ?? null,
      result.photo?.source ?? null,
      result.photo && new Date(now),
      result.photo?.takenAt ? new Date(result.photo.takenAt) : null,
      result.providers,
      new Date(now),
      new Date(result.staleAt),
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
