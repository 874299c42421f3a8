import type { Page } from "#lib/platform/page";

type Cells = readonly (string | number | null)[];

/** More than a spreadsheet holds is cut off there. */
const MAX_ROWS = 1_000_000;

/** Begins what a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** A CSV file for download (RFC 4180, UTF-8 with a mark so that spreadsheets read it as such). Lines are sent as they come. */
export function csvResponse(name: string, heads: readonly string[], rows: AsyncIterable<Cells>): Response {
  async function* lines() {
    yield `\uFEFF${line(heads)}`;
    for await (const row of rows) yield line(row);
  }
  const encoder = new TextEncoder();
  const source = lines();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => source.return(undefined).then(() => undefined),
  });
  return new Response(body, {
    headers: { "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="${name}.csv"` },
  });
}

/**
 * The items of a list as a CSV, page by page as they are sent. The first page is read before the answer begins, so that
 * whoever may not read it is told so.
 */
export async function csvOfPages<Item>(
  name: string,
  heads: readonly string[],
  pageAt: (cursor?: string) => Promise<Page<Item>>,
  cellsOf: (item: Item) => Cells,
): Promise<Response> {
  const first = await pageAt();
  async function* rows() {
    let sent = 0;
    for (let page = first; ; page = await pageAt(page.next)) {
      for (const item of page.items) yield cellsOf(item);
      sent += page.items.length;
      if (!page.next || sent >= MAX_ROWS) return;
    }
  }
  return csvResponse(name, heads, rows());
}

function line(cells: Cells): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  // Names come from outside; none of them may run in somebody's spreadsheet.
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
