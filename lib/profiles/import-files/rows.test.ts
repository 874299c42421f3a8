import { expect, test } from "vitest";
import { cleanText, refuse, splitName } from "./rows.ts";

test.each([
  ["Jane Doe", "Jane Doe"],
  ["  Jane \t\r\n Doe ", "Jane Doe"],
  ["Jane\u0000\u001b[31mDoe", "Jane [31mDoe"],
  ["Jose\u0301", "José"],
  ["a\ud800b", "a b"],
  [" \u00a0\u2028 ", undefined],
  ["", undefined],
])("%j is cleaned to %j", (text, clean) => {
  expect(cleanText(text)).toBe(clean);
});

test("a long text is cut between characters", () => {
  expect(cleanText("🚀".repeat(50), 10)).toBe("🚀🚀🚀🚀…");
  expect(cleanText("a".repeat(400))).toHaveLength(300);
});

test("a refused value is at most 80 characters and safe to print", () => {
  const { refused } = refuse("row 1", `\u001b]0;x\u0007${"y".repeat(1_000_000)}`, "is not a web address");
  expect(refused.value.length).toBeLessThanOrEqual(80);
  expect(refused.value).not.toMatch(/\p{Cc}/u);
});

test("a name in one piece is split before its last word", () => {
  expect(splitName("Jane Q. Doe")).toEqual({ firstName: "Jane Q.", lastName: "Doe" });
  expect(splitName("李小明")).toEqual({ firstName: "李小明" });
});
