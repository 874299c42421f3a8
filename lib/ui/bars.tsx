const NUMBER = new Intl.NumberFormat("en");
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** `2026-11-21` as "Nov 21", `2026-11-21T14:00` as "14:00". */
function stepWords(step: string): string {
  return step.includes("T") && !step.endsWith("Z") ? step.slice(11, 16) : DAY.format(new Date(step));
}

/** `values` are as many as the chart has steps; `colour` is one of the tokens series-1 to series-6. */
export type BarSeries = { name: string; colour: 1 | 2 | 3 | 4 | 5 | 6; values: readonly number[] };

/** The drawing is stretched to its place, so its units say nothing but proportions; words around it keep their size. */
const WIDTH = 1_000;
const HEIGHT = 1_000;
const LABELS = 8;

/**
 * Stacked bars a day or an hour, drawn on the server. `steps` are `2026-11-21` or `2026-11-21T14:00`. The same numbers are in a table below it, for
 * whoever cannot see the bars or wants to read them.
 */
export function Bars({
  label,
  steps,
  series,
}: {
  label: string;
  steps: readonly string[];
  series: readonly BarSeries[];
}) {
  const totals = steps.map((_, index) => series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0));
  const top = roundUp(Math.max(1, ...totals));
  const slot = WIDTH / Math.max(1, steps.length);
  const bar = Math.min(slot * 0.72, 48);
  const y = (value: number) => HEIGHT * (1 - value / top);
  const every = Math.ceil(steps.length / LABELS);
  const labelled = steps.map((step, index) => ({ step, index })).filter(({ index }) => index % every === 0);
  return (
    <figure className="min-w-0">
      <figcaption className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-quiet text-xs">
        {series.map((one) => (
          <span key={one.name} className="flex items-center gap-1.5">
            <span aria-hidden className="size-2.5 rounded-sm" style={{ background: `var(--series-${one.colour})` }} />
            {one.name}
            <span className="tabular-nums">{NUMBER.format(one.values.reduce((sum, value) => sum + value, 0))}</span>
          </span>
        ))}
      </figcaption>
      <div className="grid grid-cols-[auto_1fr] gap-x-2 text-quiet text-xs leading-4">
        <div aria-hidden className="-my-2 flex h-48 flex-col justify-between text-right tabular-nums">
          {[top, top / 2, 0].map((value) => (
            <span key={value}>{NUMBER.format(value)}</span>
          ))}
        </div>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={label}
          className="h-44 w-full"
        >
          {[0, top / 2, top].map((value) => (
            <line
              key={value}
              x1={0}
              x2={WIDTH}
              y1={y(value)}
              y2={y(value)}
              stroke="var(--line)"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {steps.map((step, index) => (
            <Bar key={step} step={step} index={index} series={series} slot={slot} bar={bar} y={y} />
          ))}
        </svg>
        <div aria-hidden className="relative col-start-2 mt-2 h-4">
          {labelled.map(({ step, index }, label) => (
            <span
              key={step}
              className={`absolute -translate-x-1/2 whitespace-nowrap ${label % 2 === 1 ? "hidden sm:inline" : ""}`}
              style={{ left: `${((index + 0.5) / steps.length) * 100}%` }}
            >
              {stepWords(step)}
            </span>
          ))}
        </div>
      </div>
      <details className="mt-2 text-xs">
        <summary className="cursor-pointer text-quiet hover:text-ink">The numbers</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section tabIndex={0} aria-label={`${label}, the numbers`} className="mt-2 max-h-64 overflow-auto">
          <table className="w-full text-left tabular-nums [&_td]:py-1 [&_td]:pr-4 [&_th]:pr-4 [&_th]:font-medium">
            <thead>
              <tr>
                <th scope="col">When</th>
                {series.map((one) => (
                  <th key={one.name} scope="col">
                    {one.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {steps.map((step, index) => (
                <tr key={step} className="border-line border-t">
                  <td>{step.replace("T", " ")}</td>
                  {series.map((one) => (
                    <td key={one.name}>{NUMBER.format(one.values[index] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

function Bar(props: {
  step: string;
  index: number;
  series: readonly BarSeries[];
  slot: number;
  bar: number;
  y: (value: number) => number;
}) {
  const { step, index, series, slot, bar, y } = props;
  const parts = series.map((one) => ({ ...one, value: one.values[index] ?? 0 })).filter(({ value }) => value > 0);
  let below = 0;
  return (
    <g>
      <title>{`${stepWords(step)}: ${parts.map(({ name, value }) => `${name} ${NUMBER.format(value)}`).join(", ") || "none"}`}</title>
      <rect x={slot * index} y={0} width={slot} height={HEIGHT} fill="transparent" />
      {parts.map(({ name, colour, value }) => {
        const from = below;
        below += value;
        return (
          <rect
            key={name}
            x={slot * index + (slot - bar) / 2}
            y={y(below)}
            width={bar}
            height={Math.max(4, y(from) - y(below))}
            fill={`var(--series-${colour})`}
          />
        );
      })}
    </g>
  );
}

/** The next number that reads well and halves well: 2, 4, 10, 20, 40, 100… */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 8, 10].find((one) => one * power >= value) ?? 10;
  return Math.max(2, step * power);
}
