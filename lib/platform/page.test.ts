import { expect, test } from "vitest";
import { filterOf, limitOf, pageOf, sliceOf } from "./page.ts";

test.each([
  [undefined, 50],
  [Number.NaN, 50],
  [0, 50],
  [-3, 50],
  [1, 1],
  [25.9, 25],
  [1e9, 1_000],
])("asked for %j, a page holds %j", (asked, held) => expect(limitOf(asked)).toBe(held));

test("a page tells its cursor when there is more, and none on the last page", () => {
  const cursorOf = (last: number) => `after ${last}`;
  expect(pageOf([1, 2, 3], 2, cursorOf)).toEqual({ items: [1, 2], next: "after 2" });
  expect(pageOf([1, 2], 2, cursorOf)).toEqual({ items: [1, 2], next: null });
  expect(pageOf([], 2, cursorOf)).toEqual({ items: [], next: null });
});

test("what cannot stand in a row is no filter", () => {
  expect([undefined, null, "", "a\0b", "key.revoke"].map(filterOf)).toEqual([null, null, null, null, "key.revoke"]);
});

test("a list that is all there is told page by page, and from its beginning when the cursor is none of it", () => {
  const items = ["a", "b", "c"].map((id) => ({ id }));
  const ids = (cursor?: string) => {
    const page = sliceOf(items, cursor, 2);
    return [page.items.map(({ id }) => id).join(), page.next];
  };
  expect([ids(), ids("b"), ids("c"), ids("x")]).toEqual([
    ["a,b", "b"],
    ["c", null],
    ["", null],
    ["a,b", "b"],
  ]);
});
