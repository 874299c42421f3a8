const DEFAULT_SECONDS = 60;
const MAX_SECONDS = 86_400;
/** A number below is a span of seconds, one above a moment. */
const EPOCH_SECONDS = 1_000_000_000;

/**
 * How long to wait after a 429, in whole seconds from 1 to a day: from Retry-After (RFC 9110, 10.2.3: seconds or a date),
 * else from X-RateLimit-Reset, which providers fill with a span of seconds, with seconds since the epoch, or with an ISO
 * time. Without a usable one it is a minute and up to half of one more, so that several workers do not come back at once.
 * @param now milliseconds since the epoch
 * @param random from 0 up to but not including 1
 */
export function retryAfterSeconds(headers: Headers, now: number, random: () => number): number {
  const seconds = [headers.get("retry-after"), headers.get("x-ratelimit-reset")]
    .map((value) => secondsFrom(value?.trim() ?? "", now))
    .find((found) => found !== null);
  if (seconds === undefined || seconds === null) return DEFAULT_SECONDS + Math.floor((random() * DEFAULT_SECONDS) / 2);
  return Math.min(Math.max(seconds, 1), MAX_SECONDS);
}

function secondsFrom(value: string, now: number): number | null {
  if (/^\d+$/.test(value)) {
    const number = Number(value);
    return number < EPOCH_SECONDS ? number : Math.ceil(number - now / 1000);
  }
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? null : Math.ceil((moment - now) / 1000);
}
