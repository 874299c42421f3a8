import fc from "fast-check";
import { expect, test } from "vitest";
import { paragraph } from "../ingest/document.ts";
import { normalise } from "../ingest/normalise.ts";
import { packPassages } from "./pack.ts";
import { splitSentences } from "./sentences.ts";

const pack = (blocks: Parameters<typeof normalise>[0]["blocks"]) =>
  packPassages("d", normalise({ blocks, pages: null }));

test("abbreviations end no sentence", () => {
  const text = "Mr. Burke spoke to Dr. Price, i.e. at length. It was on p. 12 of No. 3. (He left.) So did J. Q. Adams.";
  expect(splitSentences(text).map(([start, end]) => text.slice(start, end))).toEqual([
    "Mr. Burke spoke to Dr. Price, i.e. at length.",
    "It was on p. 12 of No. 3.",
    "(He left.)",
    "So did J. Q. Adams.",
  ]);
});

test("a passage never runs across a heading", () => {
  const passages = pack([
    { kind: "heading", level: 1, text: "One" },
    paragraph("Short."),
    { kind: "heading", level: 2, text: "Within" },
    paragraph("Also short."),
  ]);
  expect(passages.map(({ section, text }) => [section, text])).toEqual([
    ["One", "Short."],
    ["One › Within", "Also short."],
  ]);
});

test("each sentence has the page on which it begins", () => {
  const passages = pack([
    {
      kind: "paragraph",
      runs: [
        { text: "First here. Second goes", place: { page: 1, label: "i", location: null } },
        { text: " on. Third there.", place: { page: 2, label: "ii", location: null } },
      ],
    },
  ]);
  const found = passages.flatMap(({ text, sentences }) =>
    sentences.map(({ start, end, place }) => [text.slice(start, end), place.label]),
  );
  expect(passages).toHaveLength(2);
  expect(found).toEqual([
    ["First here.", "i"],
    ["Second goes on.", "i"],
    ["Third there.", "ii"],
  ]);
});

test("tables of contents are left out", () => {
  expect(pack([{ kind: "heading", level: 1, text: "Contents" }, paragraph("Chapter one 3")])).toEqual([]);
});

test("whatever the text, every passage and sentence is a verbatim stretch of it, and no word is lost", () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom("a", "B", ".", " ", "; ", "é", "“", "?", "\n", "long ") }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(text, (paragraphs) => {
      const blocks = paragraphs.map((each) => paragraph(each));
      const document = normalise({ blocks, pages: null });
      const passages = packPassages("d", document);
      for (const passage of passages) {
        expect(document.text.slice(passage.start, passage.start + passage.text.length)).toBe(passage.text);
        for (const { start, end } of passage.sentences) expect(end).toBeGreaterThan(start);
      }
      const words = (given: string) => given.match(/\S+/g) ?? [];
      expect(passages.flatMap((passage) => words(passage.text))).toEqual(words(document.text));
    }),
  );
});
