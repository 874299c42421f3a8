import { expect, test } from "vitest";
import { placeWords } from "./place-words.ts";

test("a place is told as the work itself tells it, and none is invented", () => {
  const told = (page: number | null, label: string | null, location: string | null = null) =>
    placeWords({ page, label, location });
  expect(told(12, null)).toBe("p. 12");
  expect(told(12, "12")).toBe("p. 12");
  expect(told(4, "iv")).toBe("p. iv (page 4 of the file)");
  expect(told(null, "iv")).toBe("p. iv");
  expect(told(null, null, "12:34")).toBe("12:34");
  expect(told(null, null)).toBe("");
});
