import type { Block, Place, Run } from "./document.ts";
import type { Line } from "./pdf-lines.ts";
import { createRejoin } from "./rejoin.ts";

/** A page without its furniture, and the number printed on it. */
export type PageText = { lines: Line[]; label: string | null };

/** How the book is set, in points. */
type Setting = { body: number; leading: number };
/** The column of one page. */
type Column = { left: number; right: number };
type Open = { runs: Run[]; last: Line; page: number; indent: number };
type Heading = { text: string; size: number; y: number; page: number };

/** Letters this much larger than the text's are a heading. */
const HEADING = 1.12;
const TITLE = 1.5;

/** Makes headings and paragraphs of lines; a paragraph goes on over the end of a page. */
export function toBlocks(pages: readonly PageText[]): Block[] {
  const all = pages.flatMap(({ lines }) => lines);
  const body = mostCommon(all, ({ size }) => Math.round(size * 2) / 2);
  const setting: Setting = { body, leading: commonLeading(pages) || body * 1.3 };
  const rejoin = createRejoin(all.map(({ text }) => text));
  const blocks: Block[] = [];
  const state: { open: Open | null; heading: Heading | null } = { open: null, heading: null };

  const closeHeading = () => {
    const { heading } = state;
    if (heading) blocks.push({ kind: "heading", level: heading.size > body * TITLE ? 1 : 2, text: heading.text });
    state.heading = null;
  };
  for (const [page, { lines, label }] of pages.entries()) {
    const place: Place = { page: page + 1, label, location: null };
    const column = columnOf(lines, body);
    for (const line of lines) {
      if (line.size > body * HEADING && line.text.length < 200) {
        state.open = null;
        if (!goesOn(state.heading, line, page)) closeHeading();
        const before = state.heading ? `${state.heading.text} ` : "";
        state.heading = { text: before + line.text, size: line.size, y: line.y, page };
        continue;
      }
      closeHeading();
      const indent = line.left - column.left;
      if (state.open && continues(state.open, line, page, indent, column, setting)) {
        append(state.open.runs, line.text, place, rejoin);
        Object.assign(state.open, { last: line, page, indent });
      } else {
        state.open = { runs: [{ text: line.text, place }], last: line, page, indent };
        blocks.push({ kind: "paragraph", runs: state.open.runs });
      }
    }
  }
  closeHeading();
  return blocks;
}

function columnOf(lines: readonly Line[], body: number): Column {
  const column = lines.filter(({ size }) => Math.abs(size - body) < 1);
  return {
    left: mostCommon(column, (line) => Math.round(line.left)),
    right: column.reduce((most, line) => Math.max(most, line.right), 0),
  };
}

function goesOn(heading: Heading | null, line: Line, page: number): boolean {
  return (
    heading !== null && heading.page === page && heading.size === line.size && heading.y - line.y < line.size * 2.2
  );
}

function continues(open: Open, line: Line, page: number, indent: number, column: Column, setting: Setting): boolean {
  const { body, leading } = setting;
  const indented = indent > 0.6 * body && Math.abs(indent - open.indent) > 0.3 * body;
  const ended = /[.!?:]["'”’)\]]*$/.test(open.last.text) && open.last.right < column.right - 4 * body;
  if (open.page === page) {
    const gap = open.last.y - line.y;
    if (gap > leading * 1.45 || gap < -leading || Math.abs(open.last.size - line.size) > 1) return false;
  }
  return !indented && !ended;
}

/** Adds a line to a paragraph. The rest of a word that was broken over a page stays with its beginning. */
function append(runs: Run[], text: string, place: Place, rejoin: (before: string, after: string) => string): void {
  const last = runs.at(-1);
  if (!last) return;
  const joined = rejoin(last.text, text);
  if (last.place.page === place.page) {
    last.text = joined;
    return;
  }
  const broken = joined.length < last.text.length + 1 + text.length;
  const rest = broken ? text.replace(/^\S+/, "") : ` ${text}`;
  last.text = joined.slice(0, joined.length - rest.length);
  if (rest) runs.push({ text: rest, place });
}

/** The distance from line to line. */
function commonLeading(pages: readonly PageText[]): number {
  const gaps: { gap: number; text: string }[] = [];
  for (const { lines } of pages) {
    for (const [at, line] of lines.entries()) {
      const next = lines[at + 1];
      if (next && line.y > next.y) gaps.push({ gap: Math.round((line.y - next.y) * 2) / 2, text: "-" });
    }
  }
  return mostCommon(gaps, ({ gap }) => gap);
}

/** The value that most of the text has. */
function mostCommon<Item extends { text: string }>(items: readonly Item[], measure: (item: Item) => number): number {
  const weights = new Map<number, number>();
  for (const item of items) weights.set(measure(item), (weights.get(measure(item)) ?? 0) + item.text.length);
  return [...weights].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}
