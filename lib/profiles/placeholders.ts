import type { Clock } from "#lib/platform/clock";
import type { Query } from "#lib/platform/db";

/**
 * The very same picture for so many people is nobody's photo. Fewer may be one person with several profiles, or somebody
 * who shows off with another's face.
 */
const PEOPLE = 5;

/**
 * Whether a picture that a provider gave for a person is the drawing of somebody who has none: a known one, or
 * one that four others are shown by already. From those it is then taken back, and they are due to be looked up
 * again. Call it in a transaction.
 */
export async function refusePlaceholder(
  query: Query,
  clock: Clock,
  username: string,
  photo: { sha256: string; thumbhash: Uint8Array },
): Promise<boolean> {
  const known = await query("select 1 from placeholder_photo where sha256 = $1 or thumbhash = $2 limit 1", [
    photo.sha256,
    photo.thumbhash,
  ]);
  if (known.length > 0) return true;
  const others = await query("select username from profile where photo_sha256 = $1 and username <> $2 limit $3", [
    photo.sha256,
    username,
    PEOPLE - 1,
  ]);
  if (others.length < PEOPLE - 1) return false;
  await query(
    "insert into placeholder_photo (sha256, thumbhash, created_at) values ($1, $2, $3) on conflict do nothing",
    [photo.sha256, photo.thumbhash, new Date(clock.now())],
  );
  await query(
    `update profile set photo_sha256 = null, photo_source = null, photo_at = null, photo_taken_at = null, stale_at = $2
     where photo_sha256 = $1`,
    [photo.sha256, new Date(clock.now())],
  );
  return true;
}
