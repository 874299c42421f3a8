import fc from "fast-check";
import { expect, test } from "vitest";
import { firstIdAt, newId, timeOfId } from "./ids.ts";

const time = fc.integer({ min: 0, max: Date.UTC(9999, 0) });

test("an id tells when it was made, and lies at or behind the first one of its moment", () => {
  fc.assert(
    fc.property(time, (at) => {
      const id = newId("req", at);
      expect(timeOfId(id)).toBe(at);
      expect(timeOfId(`${id}_17`)).toBe(at);
      expect(id >= firstIdAt("req", at) && id < firstIdAt("req", at + 1)).toBe(true);
    }),
  );
});

test("ids sort by age", () => {
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 1_000_000 }), (at, later) => {
      expect(newId("req", at) < newId("req", at + later)).toBe(true);
    }),
  );
});
