import type { Clock } from "#lib/platform/clock";
import type { Query } from "#lib/platform/db";
import type { SourcedFacts } from "./facts.ts";
import { QUEUE_LEASE_MS } from "./shared.ts";

/**
 * What rests on something that one organization said alone: a person's e-mail address as it imported it. Anybody could
 * import anybody with an address of their own, so nobody else is shown what was found by it; nor may the fact that there is
 * such an address be seen by others.
 */
export type Finding = {
  source: string;
  facts: SourcedFacts;
  photoSha256: string | null;
  /** Milliseconds. */
  staleAt: number;
};

/** A finding counts for the address that it was made by; one that the import has changed since is made anew. */
export const EMAIL_HASH = "encode(sha256(convert_to(lower(btrim(i.email)), 'UTF8')), 'hex')";

/**
 * Marks a person as queued for being found by the address that the organization imported; false when there is none, when
 * somebody has done so already, or when it is known by now. Call it in the transaction that writes the job.
 */
export async function claimFinding(
  query: Query,
  clock: Clock,
  organizationId: string,
  username: string,
): Promise<boolean> {
  const now = clock.now();
  const claimed = await query(
    `insert into organization_finding as f (organization_id, username, source, email_hash, queued_at)
     select i.organization_id, i.username, '', ${EMAIL_HASH}, $3 from imported_person i
     where i.organization_id = $1 and i.username = $2 and i.email is not null
       and not exists (select from suppression s where s.username = i.username)
     on conflict (organization_id, username) do update set queued_at = excluded.queued_at, email_hash = excluded.email_hash,
       facts = case when f.email_hash = excluded.email_hash then f.facts else '{}' end,
       photo_sha256 = case when f.email_hash = excluded.email_hash then f.photo_sha256 end
     where f.email_hash is distinct from excluded.email_hash
       or ((f.queued_at is null or f.queued_at < $4) and (f.stale_at is null or f.stale_at <= $3))
     returning username`,
    [organizationId, username, new Date(now), new Date(now - QUEUE_LEASE_MS)],
  );
  return claimed.length > 0;
}

/** The address that a claimed person is to be found by; null when import or person are gone. */
export async function emailToFindBy(query: Query, organizationId: string, username: string): Promise<string | null> {
  const [row] = await query<{ email: string }>(
    "select email from imported_person where organization_id = $1 and username = $2 and email is not null",
    [organizationId, username],
  );
  return row?.email ?? null;
}

/**
 * Writes what was found by an address. False when that is no longer the person's, or they are gone: nothing is kept then.
 */
export async function finishFinding(
  query: Query,
  clock: Clock,
  organizationId: string,
  username: string,
  email: string,
  finding: Finding,
): Promise<boolean> {
  const kept = await query(
    `update organization_finding f set source = $4, facts = $5, photo_sha256 = coalesce($6, f.photo_sha256),
       queued_at = null, checked_at = $7, stale_at = $8
     from imported_person i
     where f.organization_id = $1 and f.username = $2 and i.organization_id = $1 and i.username = $2 and i.email = $3
       and f.email_hash = ${EMAIL_HASH}
     returning f.username`,
    [
      organizationId,
      username,
      email,
      finding.source,
      JSON.stringify(finding.facts),
      finding.photoSha256,
      new Date(clock.now()),
      new Date(finding.staleAt),
    ],
  );
  return kept.length > 0;
}
