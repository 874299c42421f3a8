import { type Measurement, median } from "./measure.ts";

/** Something to put under load; what has a yardstick is told as a share of that one's rate. */
export type Task = { name: string; yardstick: string | null; run(seconds: number): Promise<Measurement> };
/** Medians over all rounds: answers a second, milliseconds, and the rate as a multiple of the yardstick's in the same round. */
export type Row = { name: string; rate: number; p50: number; p99: number; ratio: number | null };

/** Warms every task up, then measures all in turn, round by round. */
export async function inRounds(
  tasks: readonly Task[],
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<Row[]> {
  for (const task of tasks) await task.run(Math.min(3, seconds));
  const all: Map<string, Measurement>[] = [];
  for (let round = 0; round < rounds; round++) {
    const results = new Map<string, Measurement>();
    for (const task of tasks) results.set(task.name, await task.run(seconds));
    all.push(results);
  }
  return tasks.map(({ name, yardstick }) => {
    const of = (read: (result: Measurement) => number) =>
      median(all.map((results) => read(results.get(name) as Measurement)));
    const ratios = all.map((results) => (results.get(name)?.rate ?? 0) / (results.get(yardstick ?? name)?.rate ?? 1));
    return {
      name,
      rate: of((r) => r.rate),
      p50: of((r) => r.p50),
      p99: of((r) => r.p99),
      ratio: yardstick ? median(ratios) : null,
    };
  });
}

/** Prints rows as a table; `ratio` says how a multiple of the yardstick is written, under `yardstick` as its heading. */
export function printRows(rows: readonly Row[], yardstick: string, ratio: (value: number) => string): void {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const line = (name: string, cells: string[]) =>
    console.log(name.padEnd(width) + cells.map((cell) => cell.padStart(10)).join(""));
  line("", ["a second", "p50 ms", "p99 ms", yardstick]);
  for (const { name, rate, p50, p99, ratio: value } of rows) {
    const share = value === null ? "" : ratio(value);
    line(name, [Math.round(rate).toLocaleString("en"), p50.toFixed(2), p99.toFixed(2), share]);
  }
}
