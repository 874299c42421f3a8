import type { Line } from "./pdf-lines.ts";

/** Lines at the edge of a page that are looked at as running head or foot. */
const EDGE_LINES = 2;
/** What stands on this many pages in one place is no text of the author's. */
const REPEATS = 3;

type Edge = { page: number; line: Line; key: string; slot: string };

/**
 * Finds running heads, running feet and page numbers. Returns the lines to leave out and, for each page, the number
 * that is printed on it.
 */
export function findFurniture(pages: readonly Line[][]): { furniture: Set<Line>; printed: (string | null)[] } {
  const edges = pages.flatMap((lines, page) => edgesOf(lines, page));
  const pagesOf = new Map<string, Set<number>>();
  for (const { page, key, slot } of edges) {
    for (const name of [`${slot} ${key}`, slot]) pagesOf.set(name, (pagesOf.get(name) ?? new Set()).add(page));
  }
  const repeats = (name: string) => pagesOf.get(name)?.size ?? 0;
  const furniture = new Set<Line>();
  const printed: (string | null)[] = pages.map(() => null);
  for (const { page, line, key, slot } of edges) {
    const number = pageNumber(line.text);
    if (number && repeats(slot) >= Math.min(REPEATS, pages.length)) {
      printed[page] = number;
      furniture.add(line);
    } else if (repeats(`${slot} ${key}`) >= REPEATS) {
      furniture.add(line);
      printed[page] ??= numberBeside(line.text);
    }
  }
  return { furniture, printed };
}

/** The outermost lines, as far as they stand apart from the text or could be a number. */
function edgesOf(lines: readonly Line[], page: number): Edge[] {
  const byHeight = [...lines].sort((a, b) => b.y - a.y);
  const outer = new Set([...byHeight.slice(0, EDGE_LINES), ...byHeight.slice(-EDGE_LINES)]);
  return [...outer].map((line) => ({
    page,
    line,
    key: line.text.replace(/\d+|\b[ivxlc]+\b/gi, "#").toLowerCase(),
    slot: String(Math.round(line.y / 3)),
  }));
}

/** `12`, `[ 12 ]`, `- 12 -`, `xii`, `Page 12`. */
function pageNumber(text: string): string | null {
  const number = /^(?:page\s+)?[[(|\-–—\s]*(\d{1,5}|[ivxlcdm]{1,8})[\])|\-–—\s]*(?:\s*(?:of|\/)\s*\d+)?$/i.exec(
    text,
  )?.[1];
  return number ?? null;
}

/** `12 COMMON SENSE` and `COMMON SENSE 12`. */
function numberBeside(text: string): string | null {
  return /^(\d{1,5})\s+\D/.exec(text)?.[1] ?? /\D\s+(\d{1,5})$/.exec(text)?.[1] ?? null;
}

/**
 * The label of every page: as printed where it is, counted on where a page prints none (a chapter's first, an empty
 * one), and null where nothing is known.
 */
export function fillLabels(printed: readonly (string | null)[]): (string | null)[] {
  const arabic = printed.map((label) => (label && /^\d+$/.test(label) ? Number(label) : null));
  const roman = printed.map((label) => (label && !/^\d+$/.test(label) ? romanValue(label) : null));
  const counted = follow(arabic);
  const front = follow(roman);
  return printed.map((_, page) => {
    const number = counted[page];
    if (number) return String(number);
    const early = front[page];
    return early ? toRoman(early) : null;
  });
}

/** The offset between page and number that most of the neighbours agree on, applied to every page of that run. */
function follow(numbers: readonly (number | null)[]): (number | null)[] {
  const offsets = new Map<number, number[]>();
  for (const [page, number] of numbers.entries()) {
    if (number !== null) offsets.set(number - page, [...(offsets.get(number - page) ?? []), page]);
  }
  const labels: (number | null)[] = numbers.map(() => null);
  const runs = [...offsets].filter(([, pages]) => pages.length >= 2).sort((a, b) => a[1].length - b[1].length);
  for (const [offset, pages] of runs) {
    const first = Math.max(pages[0] ?? 0, 0);
    const last = pages.at(-1) ?? 0;
    // The page before the first printed number, down to number 1, prints none as a rule.
    const from = Math.max(0, Math.min(first, 1 - offset) < first - 2 ? first : 1 - offset);
    for (let page = from; page <= last; page++) labels[page] = page + offset;
    for (let page = last + 1; page <= last + 2 && page < numbers.length; page++) labels[page] ??= page + offset;
  }
  return labels;
}

const ROMAN: readonly [number, string][] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];

function toRoman(number: number): string {
  let rest = number;
  let text = "";
  for (const [value, letters] of ROMAN) {
    for (; rest >= value; rest -= value) text += letters;
  }
  return text;
}

function romanValue(text: string): number | null {
  const lower = text.toLowerCase();
  for (let number = 1; number < 400; number++) if (toRoman(number) === lower) return number;
  return null;
}
