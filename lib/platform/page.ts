/** One page of a list. `next` is the cursor of the page behind it, null on the last one. */
export type Page<Item> = { items: Item[]; next: string | null };

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

/** How many items a page holds: what was asked for, from 1 to 1,000; 50 when nothing usable was. */
export function limitOf(asked: number | undefined): number {
  return asked !== undefined && asked >= 1 ? Math.min(Math.floor(asked), MAX_LIMIT) : DEFAULT_LIMIT;
}

/** The page out of up to `limit + 1` rows: the one too many says that there is more. */
export function pageOf<Item>(rows: readonly Item[], limit: number, cursorOf: (last: Item) => string): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** A text out of an address that is used in SQL: null when it is empty or holds a null character, which no row does. */
export function filterOf(text: string | null | undefined): string | null {
  return text && !text.includes("\0") ? text : null;
}

/** One page of a list that is all there: what stands behind the item whose id is the cursor, or its beginning. */
export function sliceOf<Item extends { id: string }>(
  items: readonly Item[],
  cursor: string | undefined,
  asked?: number,
): Page<Item> {
  const limit = limitOf(asked);
  const start = items.findIndex((item) => item.id === cursor) + 1;
  return pageOf(items.slice(start, start + limit + 1), limit, (last) => last.id);
}
