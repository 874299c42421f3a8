/** The one source of time, so that a test can move it. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
};

export const systemClock: Clock = { now: () => Date.now() };

/** The calendar month (UTC) of a moment, as its first day: `2026-11-01`. Quota counters are kept per period. */
export function monthOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 7)}-01`;
}

/** The first moment of the following month (UTC), in milliseconds: when a period's counters start again at 0. */
export function endOfMonth(milliseconds: number): number {
  const date = new Date(milliseconds);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
