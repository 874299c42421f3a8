import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { retryAfterSeconds } from "./retry-after.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const retryAfter = (value: string | null) => new Headers(value === null ? {} : { "retry-after": value });

describe("how long to wait after a 429 (H-IMG-83)", () => {
  test.each([
    ["120", 120],
    [" 7 ", 7],
    ["0", 1],
    ["99999999", 86_400],
    ["Sat, 21 Nov 2026 12:01:30 GMT", 90],
    ["Sat, 21 Nov 2026 11:00:00 GMT", 1],
    ["Mon, 21 Nov 2044 12:00:00 GMT", 86_400],
  ])("%j is %i s", (header, seconds) => {
    expect(retryAfterSeconds(retryAfter(header), NOW, () => 0)).toBe(seconds);
  });

  test.each([[null], [""], ["soon"], ["1.5e9x"]])("%j is a minute, and up to half of one more", (header) => {
    expect(retryAfterSeconds(retryAfter(header), NOW, () => 0)).toBe(60);
    expect(retryAfterSeconds(retryAfter(header), NOW, () => 0.999)).toBe(89);
  });

  test("whatever the header says, it is whole seconds from 1 to a day", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii" }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (header, random) => {
          const seconds = retryAfterSeconds(retryAfter(header), NOW, () => random);
          expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400).toBe(true);
        },
      ),
    );
  });
});
