const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const MONTH_SECONDS = 30 * 86_400;

/** "3 hours ago", with the exact time as its title; after a month the day. `iso` and `now` (milliseconds) are UTC. */
export function Moment({ iso, now }: { iso: string; now: number }) {
  const seconds = (Date.parse(iso) - now) / 1_000;
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  const words =
    Math.abs(seconds) > MONTH_SECONDS
      ? DAY.format(new Date(iso))
      : step
        ? RELATIVE.format(Math.round(seconds / step[1]), step[0])
        : seconds <= 0
          ? "just now"
          : "in a moment";
  return (
    <time dateTime={iso} title={`${iso.slice(0, 19).replace("T", " ")} UTC`} className="whitespace-nowrap">
      {words}
    </time>
  );
}

/** A calendar day in UTC. */
export function Day({ iso }: { iso: string }) {
  return (
    <time dateTime={iso.slice(0, 10)} className="whitespace-nowrap">
      {DAY.format(new Date(iso))}
    </time>
  );
}
