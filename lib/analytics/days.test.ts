import { expect, test } from "vitest";
import { addDays, dayRange, lengthOf, stepsOf } from "./days.ts";

const NOW = Date.parse("2026-11-21T23:30:00Z");

test("without a question it is the last 30 days, today among them", () => {
  const range = dayRange({}, NOW);
  expect(range).toEqual({ from: "2026-10-23", to: "2026-11-21", timeZone: "UTC" });
  expect(lengthOf(range.from, range.to)).toBe(30);
});

test("today is the day of the time zone", () => {
  expect(dayRange({ timeZone: "Europe/Berlin" }, NOW)).toMatchObject({ to: "2026-11-22", timeZone: "Europe/Berlin" });
  expect(dayRange({ timeZone: "America/New_York" }, NOW).to).toBe("2026-11-21");
});

test.each(["Mars/Olympus", "", "+05:00", "UTC'; drop table", "x5", "Europe/Berlin\0"])(
  "%j is no time zone: UTC it is",
  (timeZone) => expect(dayRange({ timeZone }, NOW).timeZone).toBe("UTC"),
);

test("what is no day is not believed, and days in the wrong order are exchanged", () => {
  expect(dayRange({ from: "2026-02-30", to: "soon" }, NOW)).toMatchObject({ from: "2026-10-23", to: "2026-11-21" });
  expect(dayRange({ from: "2026-11-05", to: "2026-11-01" }, NOW)).toMatchObject({
    from: "2026-11-01",
    to: "2026-11-05",
  });
});

test("a range of many years keeps its last 366 days", () => {
  const { from, to } = dayRange({ from: "0001-01-01", to: "2026-11-21" }, NOW);
  expect([lengthOf(from, to), to]).toEqual([366, "2026-11-21"]);
});

test("every step of a range is there, over ends of months and changes of clocks", () => {
  const range = { from: "2026-10-24", to: "2026-11-02", timeZone: "Europe/Berlin" };
  expect(stepsOf(range, "day")).toHaveLength(10);
  expect(stepsOf(range, "day").at(-1)).toBe("2026-11-02");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(stepsOf({ ...range, to: range.from }, "hour").slice(0, 2)).toEqual(["2026-10-24T00:00", "2026-10-24T01:00"]);
});
