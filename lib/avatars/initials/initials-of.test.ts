import fc from "fast-check";
import { describe, expect, test } from "vitest";
import cases from "./initials-cases.json" with { type: "json" };
import { initialsOf } from "./initials-of.ts";

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const MAX_UNITS = 40;

describe("the agreed cases", () => {
  test.each(cases)("$name gives $expect", ({ name, expect: expected }) => {
    expect(initialsOf(name)).toBe(expected);
  });
});

describe("the same rules on other names", () => {
  test.each([
    // titles, degrees, pronouns, asides
    ["Prof. Dr. Dr. h.c. Max Müller", "MM"],
    ["dr jane doe", "JD"],
    ["Dr.Jane Doe", "JD"],
    ["Dr. Smith", "S"],
    ["Mr", "M"],
    ["Lady Gaga", "LG"],
    ["Jane Doe MD", "JD"],
    ["Jack Ma", "JM"],
    ["JACK MA", "JM"],
    ["Wei Meng", "WM"],
    ["Sammy Davis Jr", "SD"],
    ["Henry Ford II", "HF"],
    ["Jane Doe (She/Her)", "JD"],
    ["Jane Doe she/her", "JD"],
    ["Jane Doe | CEO at Acme, Inc.", "JD"],
    ["Jane Doe – CEO @ Acme", "JD"],
    ["Jane （花子） Doe", "JD"],
    ["David (the man", "D"],
    ["(Goff)", "G"],
    ['"Jane Doe"', "JD"],
    ['Dwayne "The Rock" Johnson', "DJ"],
    ["Robert Smith “Bob”", "RS"],
    // particles, hyphens, apostrophes, abbreviations
    ["van Gogh", "G"],
    ["de la Cruz", "C"],
    ["al pacino", "AP"],
    ["ludwig van beethoven", "LB"],
    ["al-Khwarizmi", "K"],
    ["Jeanne d'Arc", "JA"],
    ["Gerard ’t Hooft", "GH"],
    ["Conan O’Brien", "CO"],
    ["ʻIolani Kahale", "IK"],
    ["Jean-Luc", "JL"],
    ["Jean‑Luc Picard", "JP"],
    ["Mary-Jane Watson-Parker", "MW"],
    ["J.R.R. Tolkien", "JT"],
    ["J.R.R.", "JR"],
    ["jane_doe", "JD"],
    // what is not a letter
    ["1", "1"],
    ["4lex 5loo", "45"],
    ["Agent 47", "A"],
    ["+1 (555) 123-4567", ""],
    ["📞 +1 555 123 4567", "📞"],
    ["1️⃣ Jane", "J"],
    ["1️⃣", "1️⃣"],
    ["🇬🇧", "🇬🇧"],
    ["Jane\tDoe\n", "JD"],
    ["\u202EJane\u202C Doe", "JD"],
    ["J\u00ADane D\u200Boe", "JD"],
    // capitals
    ["ßeta", "S"],
    ["ıpek demir", "ID"],
    ["Ｊane Ｄoe", "ＪＤ"],
    ["Ấn", "Ấ"],
    ["გიორგი ბერიძე", "გბ"],
    ["Ιωάννης Παπαδόπουλος", "ΙΠ"],
    // scripts
    ["𠮷野家", "𠮷"],
    ["が 花", "が"],
    ["\u1100\u1161", "가"],
    ["Wei Zhang 张伟", "WZ"],
    ["Anna Иванова", "AИ"],
    ["مُحَمَّد", "م"],
    ["د. أحمد علي", "أ"],
    ["אֲבִיגַיִל כהן", "אכ"],
    ['ד"ר יעל כהן', "יכ"],
    ["สมชาย ใจดี", "ส"],
    ["เอกชัย", "อ"],
    ["น้ำ", "น"],
    ["ແກ້ວ", "ກ"],
    ["សុខ", "ស"],
    ["မောင်", "မ"],
    ["श्री राम", "रा"],
    ["किरण मौर्य", "किमौ"],
  ])("%s gives %s", (name, expected) => {
    expect(initialsOf(name)).toBe(expected);
  });
});

describe("whatever the name", () => {
  const piece = fc.constantFrom(
    ..."\u0000 \u202E \u2066 \u200D \uD800 \uDC00 \uFE0F \u0301 \u0335 \u20E3 \u{E0067} 👨‍👩‍👧‍👦 🇬🇧 🏽 क ् ि ﷺ 張 김 \u1100 خ \u064B י \u05B8 เ ำ a Z ß ﬁ 7 ( ) [ { < \" ' , | - . @ _ & ; /".split(
      " ",
    ),
    " ",
  );
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ unit: piece, maxLength: 60 }),
    fc.array(fc.nat(0xffff), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
  );

  test("at most two graphemes come out, bounded, well-formed, without control or direction characters", () => {
    fc.assert(
      fc.property(name, (text) => {
        const initials = initialsOf(text);
        expect([...graphemes.segment(initials)].length).toBeLessThanOrEqual(2);
        expect(initials.length).toBeLessThanOrEqual(MAX_UNITS);
        expect(initials.isWellFormed()).toBe(true);
        expect(initials).not.toMatch(/[\p{Cc}\s\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u);
      }),
      { numRuns: 3000 },
    );
  });

  test("two Latin words give their two first letters", () => {
    const word = fc.stringMatching(/^[B-Z][a-z]{2,9}[bxq]$/);
    fc.assert(
      fc.property(word, word, fc.constantFrom(" ", "  ", "\t", "\u00A0"), (first, last, space) => {
        expect(initialsOf(`${first}${space}${last}`)).toBe(`${first.charAt(0)}${last.charAt(0)}`);
      }),
    );
  });

  test.each([
    ["letters", "a".repeat(10_000)],
    ["combining marks", `Z${"\u0301\u0335".repeat(5_000)}`],
    ["marks only", "\u0301".repeat(10_000)],
    ["opening brackets", `Jane ${"(".repeat(10_000)}`],
    ["quotation marks", ' "'.repeat(5_000)],
    ["emoji families", "👨‍👩‍👧‍👦".repeat(1_000)],
    ["one endless emoji", "👨\u200D".repeat(4_000)],
    ["direction overrides", "\u202E".repeat(10_000)],
    ["lone surrogates", "\uD83D".repeat(10_000)],
    ["viramas", "क्".repeat(5_000)],
  ])("10,000 characters of %s stay short and quick", (_, long) => {
    const start = performance.now();
    expect(initialsOf(long).length).toBeLessThanOrEqual(MAX_UNITS);
    expect(performance.now() - start).toBeLessThan(250);
  });
});
