/** Prints a command's result: one JSON document, or the lines for people. */
export function print(options: { json?: boolean | undefined }, result: unknown, forPeople: () => string): void {
  console.log(options.json ? JSON.stringify(result, null, 2) : forPeople());
}

/** Rows as aligned columns under headings; `none` when there are no rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return none;
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
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

/** A progress bar on stderr, where a person is watching; silent otherwise. */
export function progressBar(what: string): { update(done: number, total: number): void; end(): void } {
  if (!process.stderr.isTTY) return { update: () => undefined, end: () => undefined };
  let drawnAt = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const filled = Math.round(share * BAR_WIDTH);
      const bar = `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
      process.stderr.write(
        `\r${what} ${bar} ${Math.round(share * 100)} %  ${done.toLocaleString("en")} of ${total.toLocaleString("en")}\x1b[K`,
      );
    },
    end: () => void process.stderr.write("\r\x1b[K"),
  };
}
