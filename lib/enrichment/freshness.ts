import { expiryOf } from "./photo-address.ts";

const DAY_MS = 86_400_000;
/** A photo is looked for again after this. */
const RESOLVED_MS = 30 * DAY_MS;
/** A miss is looked up again after a day, give or take a tenth, so that misses of one import do not all return at once. */
const MISS_MS = DAY_MS;
/** An address that works shorter than this is a link to download by: the bytes are ours, and it says nothing of the photo. */
const DOWNLOAD_LINK_MS = 2 * DAY_MS;
/** So long before the provider's own address ends it is asked for the next one. */
const AHEAD_MS = DAY_MS;

/** Until when a look-up that led to a photo is believed, by the address that the photo came from. */
export function freshPhotoUntil(photoUrl: string, now: number): number {
  const expiry = expiryOf(photoUrl);
  const latest = now + RESOLVED_MS;
  return expiry !== null && expiry > now + DOWNLOAD_LINK_MS ? Math.min(latest, expiry - AHEAD_MS) : latest;
}

/** Until when it is believed that there is no photo. */
export function freshMissUntil(now: number, random: () => number = Math.random): number {
  return now + MISS_MS * (0.9 + random() * 0.2);
}

/**
 * Until when one provider's answer without a photo is believed: a little shorter than the look-up as a whole, which asks
 * it again when its time comes.
 */
export function freshAnswerUntil(now: number): number {
  return now + MISS_MS * 0.85;
}
