import Link from "next/link";
import type { AnalyticsOverview, Channel, Outcome } from "#lib/analytics";
import { type BarSeries, Bars, Card } from "#lib/ui";
import { CHANNEL_WORDS, OUTCOME_WORDS } from "../../outcomes.ts";

const OUTCOME_COLOURS: readonly [Outcome, BarSeries["colour"]][] = [
  ["resolved", 1],
  ["enriching", 2],
  ["not_found", 4],
  ["blocked", 3],
  ["failed", 5],
];
const CHANNEL_COLOURS: readonly [Channel, BarSeries["colour"]][] = [
  ["api", 1],
  ["mcp", 6],
];
const VIEWS = [
  ["outcome", "By outcome"],
  ["channel", "By channel"],
] as const;

/** Requests a day (or an hour of one day), by what came of them or by how they came. */
export function Traffic(props: {
  overview: AnalyticsOverview;
  by: "outcome" | "channel";
  href: (by: string | undefined) => string;
}) {
  const { series, step } = props.overview;
  const bars: BarSeries[] =
    props.by === "outcome"
      ? OUTCOME_COLOURS.map(([outcome, colour]) => ({
          name: OUTCOME_WORDS[outcome],
          colour,
          values: series.map((one) => one.outcomes[outcome]),
        }))
      : CHANNEL_COLOURS.map(([channel, colour]) => ({
          name: CHANNEL_WORDS[channel],
          colour,
          values: series.map((one) => one.channels[channel]),
        }));
  return (
    <Card
      title={step === "day" ? "Requests a day" : "Requests an hour"}
      action={
        <nav aria-label="Shown by" className="flex gap-3 text-sm">
          {VIEWS.map(([by, words]) => (
            <Link
              key={by}
              href={props.href(by === "outcome" ? undefined : by)}
              prefetch={false}
              scroll={false}
              aria-current={by === props.by ? "page" : undefined}
              className="text-quiet hover:text-ink aria-[current=page]:text-ink aria-[current=page]:underline aria-[current=page]:underline-offset-4"
            >
              {words}
            </Link>
          ))}
        </nav>
      }
    >
      <Bars
        label={`Requests ${step === "day" ? "a day" : "an hour"}, UTC`}
        steps={series.map((one) => one.at)}
        series={bars}
      />
    </Card>
  );
}
