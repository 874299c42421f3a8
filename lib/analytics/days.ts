/** Days, both included, as people in that time zone count them. */
export type DayRange = { from: string; to: string; timeZone: string };

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;

/**
 * The range asked for, made usable: an unknown time zone is UTC, what is no day is the default of 30 days that end today,
 * days in the wrong order are exchanged, and a range of more than 366 days keeps its last ones.
 */
export function dayRange(asked: { from?: string; to?: string; timeZone?: string }, now: number): DayRange {
  const timeZone = knownTimeZone(asked.timeZone) ?? "UTC";
  const today = new Intl.DateTimeFormat("en-CA", { timeZone }).format(now);
  const given = [dayOf(asked.from), dayOf(asked.to)];
  const to = given[1] ?? today;
  const from = given[0] ?? addDays(to, 1 - DEFAULT_DAYS);
  const [first, last] = from <= to ? [from, to] : [to, from];
  return { from: lengthOf(first, last) > MAX_DAYS ? addDays(last, 1 - MAX_DAYS) : first, to: last, timeZone };
}

/** `2026-11-30` and 1 are `2026-12-01`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days there are from one to another, both included. */
export function lengthOf(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** Every step of a range, as `date_trunc` writes it: days, or the hours of a single day. */
export function stepsOf({ from, to }: DayRange, step: "day" | "hour"): string[] {
  if (step === "day") return Array.from({ length: lengthOf(from, to) }, (_, index) => addDays(from, index));
  return Array.from({ length: 24 }, (_, hour) => `${from}T${String(hour).padStart(2, "0")}:00`);
}

function dayOf(text: string | undefined): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text ?? "")) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  // The 30th of February is read as a day of March.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? undefined : text;
}

// PostgreSQL reads more than names of zones ("+05", "x5"), with signs that mean the opposite of ISO's.
function knownTimeZone(name: string | undefined): string | undefined {
  if (!name || !/^[A-Za-z]+(?:\/[\w+-]+)*$/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
