/**
 * When an address of a photo stops working (milliseconds), where it says so: LinkedIn's `e`, `Expires` as signed cookies
 * and CloudFront have it, Amazon's `X-Amz-Date` with `X-Amz-Expires`, Azure's `se`. Null for every other.
 */
export function expiryOf(photoUrl: string): number | null {
  const query = URL.parse(photoUrl)?.searchParams;
  if (!query) return null;
  const signedAt = amazonTime(query.get("X-Amz-Date"));
  const seconds = Number(query.get("X-Amz-Expires") ?? Number.NaN);
  if (signedAt !== null && seconds > 0) return signedAt + seconds * 1000;
  const isLinkedIn = /(^|\.)licdn\.com$/.test(new URL(photoUrl).hostname);
  const moment = (isLinkedIn ? query.get("e") : null) ?? query.get("Expires") ?? query.get("expires");
  if (moment && /^\d{9,13}$/.test(moment)) return Number(moment) * (moment.length > 11 ? 1 : 1000);
  const until = Date.parse(query.get("se") ?? "");
  return Number.isNaN(until) ? null : until;
}

/** When a photo was uploaded (milliseconds), where its address says so: LinkedIn's `…/0/1718000000000`. */
export function uploadedAt(photoUrl: string): number | null {
  const url = URL.parse(photoUrl);
  if (!url || !/(^|\.)licdn\.com$/.test(url.hostname)) return null;
  const stamp = /\/(\d{13})$/.exec(url.pathname)?.[1];
  return stamp ? Number(stamp) : null;
}

function amazonTime(text: string | null): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "")?.map(Number) ?? [];
  if (year === undefined || month === undefined) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
