import { expect, test } from "vitest";
import { deniesAlone } from "./denial.ts";

test.each([
  ["Which towns did not pay the toll?", "The towns of the coast paid the toll.", true],
  ["Who never signed?", "Lee did not sign it.", false],
  ["Why doesn't he trust kings?", "Kings are trusted by all.", true],
  ["Who paid the toll?", "Nobody paid it.", false],
  ["What is a nation?", "A notion.", false],
])("%s / %s: %s", (question, text, expected) => {
  expect(deniesAlone(question, text)).toBe(expected);
});
