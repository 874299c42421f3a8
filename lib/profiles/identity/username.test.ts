import { expect, test } from "vitest";
import { parseUsername } from "./username.ts";

test.each([
  ["jane.doe", "jane.doe"],
  ["\u200ejanedoe\u200e", "janedoe"],
  ["\u00a0janedoe\ufeff", "janedoe"],
  ["PETER-MÜLLER", "peter-müller"],
  ["Jose\u0301", "josé"],
  ["İstanbul", "i\u0307stanbul"],
  ["ｊａｎｅ", "ｊａｎｅ"],
  ["jos%25C3%25A9", "josé"],
  ["a".repeat(100), "a".repeat(100)],
  [`${"🚀".repeat(99)}a`, `${"🚀".repeat(99)}a`],
])("%j is %j", (text, username) => {
  expect(parseUsername(text)).toEqual({ ok: true, username, kind: "username" });
});

test("a member URN keeps its case, and needs its case to be one", () => {
  const urn = "ACwAAABexampleExampleExampleExample0123";
  expect(parseUsername(`@${urn} `)).toEqual({ ok: true, username: urn, kind: "member_urn" });
  expect(parseUsername(urn.toLowerCase())).toEqual({ ok: true, username: urn.toLowerCase(), kind: "username" });
});

test.each([
  "@",
  "@@janedoe",
  "%40janedoe",
  "me",
  "EDIT",
  "in/janedoe",
  "janedoe/",
  "janedoe?x=1",
  "https://www.linkedin.com/in/janedoe",
  "jane\tdoe",
  "jane\u0000doe",
  "janedoe\u0000",
  "jane%zzdoe",
  "jane\ud800doe",
  "urn:li:person:abc",
  "a".repeat(101),
  "🚀".repeat(101),
  "...",
  "\u0301\u0301\u0301",
  "jane🚀\u200d",
  "\ufe0fjane",
])("%j is no username", (text) => {
  expect(parseUsername(text)).toEqual({ ok: false, code: "invalid_username" });
});
