import type { AnalyticsOverview, Totals } from "#lib/analytics";
import { Stat } from "#lib/ui";

const NUMBER = new Intl.NumberFormat("en");

/** Four numbers that say how it goes, each beside the same number of days before. */
export function Figures({ overview }: { overview: AnalyticsOverview }) {
  const { totals, previous, latency, previousLatency } = overview;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label="Requests"
        value={NUMBER.format(totals.requests)}
        change={grown(totals.requests, previous.requests)}
      />
      <Stat
        label="Answered with a photo"
        value={percent(faces(totals))}
        change={before(percent(faces(previous)), faces(previous))}
      />
      <Stat
        label="Refused or failed"
        value={NUMBER.format(troubles(totals))}
        change={before(NUMBER.format(troubles(previous)), previous.requests || null)}
      />
      <Stat
        label="95 % answered within"
        value={milliseconds(latency.p95)}
        change={before(milliseconds(previousLatency.p95), previousLatency.p95)}
      />
    </dl>
  );
}

function grown(value: number, was: number): string {
  if (was === 0) return "none before";
  const change = Math.round((value / was - 1) * 100);
  return change === 0 ? "as many as before" : `${Math.abs(change)} % ${change > 0 ? "more" : "fewer"} than before`;
}

/** Of those that got a picture. */
function faces({ requests, outcomes }: Totals): number | null {
  const answered = requests - outcomes.blocked - outcomes.failed;
  return answered > 0 ? outcomes.resolved / answered : null;
}

function troubles({ outcomes }: Totals): number {
  return outcomes.blocked + outcomes.failed;
}

function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

function milliseconds(value: number | null): string {
  return value === null ? "–" : value < 10 ? `${value.toFixed(1)} ms` : `${NUMBER.format(Math.round(value))} ms`;
}

function before(shown: string, was: number | null): string {
  return was === null ? "none before" : `${shown} before`;
}
