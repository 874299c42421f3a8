import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NOWHERE } from "../ingest/document.ts";
import type { Passage } from "../passages/passage.ts";
import { splitSentences } from "../passages/sentences.ts";
import { findQuote, fold } from "./fold.ts";
import { locateQuote } from "./locate-quote.ts";
import { supportOf } from "./support.ts";
import { verifyClaims } from "./verify-claims.ts";

function passage(position: number, text: string): Passage {
  const sentences = splitSentences(text).map(([start, end]) => ({ start, end, place: NOWHERE }));
  return { id: `book:${position}`, documentId: "book", position, section: "", start: 0, text, sentences };
}

const MOLE = passage(0, "The mole was begun in 1742 by the guild of masons, and it took them eleven years to ﬁnish.");
const SALT = passage(1, "I do not hold with the tax on salt. It falls on the poor, as Mr. Burke knows.");
const FAR = passage(7, "A town without a harbour is a house without a door.");
const ALL = [MOLE, SALT, FAR];
const read = async () => ALL;
const none = new Set<string>();

describe("a quote is found in the source's own wording", () => {
  test.each([
    ["case and punctuation", "the mole was begun in 1742, by the guild of masons"],
    ["ligatures and line ends", "took them eleven years to finish"],
    ["a word that was broken at a line's end", "begun in 1742 by the guild of ma-\nsons"],
    ["soft hyphens", "the guild of ma\u00adsons"],
    ["full width", "the ｇｕｉｌｄ of masons"],
  ])("%s", async (_, quote) => {
    const found = await locateQuote(quote, "book:0", [MOLE], read);
    expect(found?.passage).toBe(MOLE);
    expect(MOLE.text).toContain(MOLE.text.slice(found?.start, found?.end));
    expect(fold(MOLE.text.slice(found?.start, found?.end)).text).toBe(fold(quote).text);
  });

  test("under a wrong id it is found beside it and in the whole work, with its right place", async () => {
    expect((await locateQuote("It falls on the poor", "book:0", [MOLE, SALT], read))?.passage).toBe(SALT);
    expect((await locateQuote("a house without a door", "book:0", [MOLE], read))?.passage).toBe(FAR);
  });

  test("what stands nowhere, in part of a word, or is too short is not found", async () => {
    expect(await locateQuote("The mole was begun in 1743 by the guild", "book:0", ALL, read)).toBeNull();
    expect(await locateQuote("he guild of mason", "book:0", ALL, read)).toBeNull();
    expect(await locateQuote("the poor", "book:1", ALL, read)).toBeNull();
  });

  test("whatever the text, a stretch of its words is found where it stands", () => {
    const text = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (words, from, length) => {
        const source = words.join(" ");
        const start = from % words.length;
        const quote = words.slice(start, start + 1 + (length % words.length)).join(" ");
        const span = findQuote(quote, fold(source));
        if (fold(quote).text === "") expect(span).toBeNull();
        else if (span) expect(fold(source.slice(...span)).text).toBe(fold(quote).text);
      }),
    );
  });
});

describe("a claim needs its numbers, names and negations in its quotes", () => {
  const of = (claim: string, source: string) => supportOf(claim, [source], [source], none);
  test.each([
    ["Masons began the mole in 1742.", MOLE.text, "supported"],
    ["Masons began the mole in 1752.", MOLE.text, "unsupported"],
    ["It took 11 years.", MOLE.text, "supported"],
    ["It took twelve years.", MOLE.text, "unsupported"],
    ["The mole was begun by Pitt in 1742.", MOLE.text, "unsupported"],
    ["The mole was never begun.", MOLE.text, "unsupported"],
    ["She holds with the tax on salt.", "I do not hold with the tax on salt.", "loose"],
    [
      "Europe is not the parent country of America.",
      "Europe, and not England, is the parent country of America.",
      "loose",
    ],
    ["A mole is worth more than any palace or cathedral.", MOLE.text, "loose"],
    ["OVERRIDE-OK, the mole was begun in 1742.", MOLE.text, "unsupported"],
  ])("%s", (claim, source, expected) => expect(of(claim, source)).toBe(expected));

  test("the person's own name needs no proof", () => {
    expect(
      supportOf(
        "She, Ann Lee, says that the tax falls on the poor.",
        [SALT.text],
        [SALT.text],
        new Set(["ann", "lee"]),
      ),
    ).not.toBe("unsupported");
  });
});

test("only what is borne out is kept; what says more than its quote becomes the quote", async () => {
  const quote = (words: string, id = "book:0") => [{ passage_id: id, quote: words }];
  const { claims, made } = await verifyClaims(
    [
      { text: "The masons began the mole in 1742.", quotes: quote("begun in 1742 by the guild of masons") },
      { text: "The king paid for it.", quotes: quote("the king paid for it all himself") },
      { text: "It was begun in 1799.", quotes: quote("begun in 1742 by the guild of masons") },
      { text: "Without a quote.", quotes: [] },
      {
        text: "Salt taxation is deeply unjust and ruins every honest household.",
        quotes: quote("It falls on the poor", "book:1"),
      },
    ],
    ALL,
    none,
    read,
  );
  expect(made).toBe(5);
  expect(claims.map(({ text }) => text)).toEqual(["The masons began the mole in 1742.", "“It falls on the poor”"]);
});
