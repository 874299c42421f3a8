/** Prints a command's result: one JSON document, or the lines for people. */
export function print(options: { json?: boolean | undefined }, result: unknown, forPeople: () => string): void {
  console.log(options.json ? JSON.stringify(result, null, 2) : forPeople());
}

/** Rows as aligned columns under headings; `none` when there are no rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return none;
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)].join("\n");
}

/** A count with its noun: `1 person`, `2 people`. */
export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

const BAR_WIDTH = 30;
const REDRAW_MS = 100;

/** A progress bar on stderr, where a person is watching; silent otherwise. `total` null shows a plain count. */
export function progressBar(what: string, total: number | null): { update(done: number): void; end(): void } {
  if (!process.stderr.isTTY) return { update: () => undefined, end: () => undefined };
  let drawnAt = 0;
  const draw = (done: number) => {
    const share = total ? Math.min(1, done / total) : 0;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = total ? `[${"#".repeat(filled)}${"·".repeat(BAR_WIDTH - filled)}] ${Math.round(share * 100)} %` : "";
    process.stderr.write(`\r${what} ${bar} ${done.toLocaleString("en")}\x1b[K`);
    drawnAt = Date.now();
  };
  return {
    update(done) {
      if (Date.now() - drawnAt >= REDRAW_MS) draw(done);
    },
    end: () => void process.stderr.write("\r\x1b[K"),
  };
}
