import { expect, test } from "vitest";
import { mergeAnswers, type ProviderAnswer } from "./answers.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 21);
const ORDER = ["unipile", "apollo", "github"];

const said = (facts: ProviderAnswer["facts"], daysAgo = 0): ProviderAnswer => {
  const at = new Date(NOW - daysAgo * DAY_MS).toISOString();
  return { kind: "found", at, until: at, ...(facts && { facts }) };
};
const from = (source: string, value: unknown, daysAgo = 0) => ({
  value,
  source,
  at: new Date(NOW - daysAgo * DAY_MS).toISOString(),
});

test("each fact is the first provider's that told it, with who and when", () => {
  const answers = {
    apollo: said({ headline: "Apollo's", industry: "Software" }, 2),
    unipile: said({ headline: "Unipile's", premium: false }),
  };
  expect(mergeAnswers(answers, ORDER, {})).toEqual({
    headline: from("unipile", "Unipile's"),
    premium: from("unipile", false),
    industry: from("apollo", "Software", 2),
  });
});

test("what a provider does not repeat is gone; what others said before stays behind it", () => {
  const known = { headline: from("unipile", "old"), summary: from("github", "kept"), location: from("apollo", "gone") };
  const answers = { unipile: said({ headline: "new" }), apollo: said({}) };
  expect(mergeAnswers(answers, ORDER, known as never)).toEqual({
    headline: from("unipile", "new"),
    summary: from("github", "kept"),
  });
});

test("an answer of long ago gives way to a fresh one", () => {
  const answers = { unipile: said({ headline: "old", location: "Rome" }, 91), apollo: said({ headline: "new" }) };
  expect(mergeAnswers(answers, ORDER, {})).toEqual({
    headline: from("apollo", "new"),
    location: from("unipile", "Rome", 91),
  });
});

test("whoever was not believed, or knew nobody, tells nothing", () => {
  const doubted: ProviderAnswer = { ...said({ headline: "somebody else's" }), kind: "doubted" };
  expect(mergeAnswers({ unipile: doubted, apollo: { ...said({}), kind: "not_found" } }, ORDER, {})).toEqual({});
});
