const DEFAULT_SECONDS = 60;
const MAX_SECONDS = 86_400;

/**
 * How long to wait, from a Retry-After header (RFC 9110, 10.2.3: seconds or a date), in whole seconds from 1 to a day.
 * Without a usable one it is a minute and up to half of one more, so that several workers do not come back at once.
 * @param now milliseconds since the epoch
 * @param random from 0 up to but not including 1
 */
export function retryAfterSeconds(header: string | null, now: number, random: () => number): number {
  const value = header?.trim() ?? "";
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1000);
  if (Number.isNaN(seconds)) return DEFAULT_SECONDS + Math.floor((random() * DEFAULT_SECONDS) / 2);
  return Math.min(Math.max(seconds, 1), MAX_SECONDS);
}
