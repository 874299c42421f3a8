import { expect, test } from "vitest";
import { parseConnectedOn } from "./connected-on.ts";

test.each([
  ["12 Mar 2024", "2024-03-12"],
  ["7-Feb-22", "2022-02-07"],
  ["01 Jan 2009", "2009-01-01"],
  ["Sep 3, 2021", "2021-09-03"],
  ["12. März 2024", "2024-03-12"],
  ["1 août 2023", "2023-08-01"],
  ["12 de marzo de 2024", "2024-03-12"],
  ["5 mei 2020", "2020-05-05"],
  ["12 марта 2024", "2024-03-12"],
  ["2024年3月12日", "2024-03-12"],
  ["2024-03-12", "2024-03-12"],
  ["13/02/2024", "2024-02-13"],
  ["02/13/2024", "2024-02-13"],
  ["29 Feb 2024", "2024-02-29"],
])("%s is %s", (text, day) => {
  expect(parseConnectedOn(text)).toBe(day);
});

test.each([
  "",
  "03/04/2024",
  "31 Feb 2024",
  "29 Feb 2023",
  "0 Mar 2024",
  "yesterday",
  "1 Foo 2020",
  "x".repeat(1_000_000),
])("%.20s is not known for certain", (text) => {
  expect(parseConnectedOn(text)).toBeUndefined();
});
