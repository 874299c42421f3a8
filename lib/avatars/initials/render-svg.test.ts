import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { renderInitialsSvg } from "./render-svg.ts";

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

function attribute(svg: string, element: string, name: string): string | undefined {
  return svg.match(new RegExp(`<${element}\\b[^>]*?\\s${name}="([^"]*)"`))?.[1];
}

function unescapeXml(text: string): string {
  const plain = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };
  return text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => plain[entity as keyof typeof plain]);
}

function shown(svg: string): string {
  return unescapeXml(svg.match(/<text[^>]*>([^<]*)<\/text>/)?.[1] ?? "");
}

describe("the drawing", () => {
  test("is one image element with the person's name as its title", () => {
    const svg = renderInitialsSvg({ name: "Jane Doe", username: "jane-doe", size: 128 });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img"><title>Jane Doe<\/title>/);
    expect(attribute(svg, "svg", "width")).toBe("128");
    expect(attribute(svg, "svg", "height")).toBe("128");
    expect(attribute(svg, "svg", "viewBox")).toBe("0 0 100 100");
    expect(shown(svg)).toBe("JD");
    expect(svg.length).toBeLessThan(520);
  });

  test.each([
    ["Jane Doe", "40"],
    ["Jane", "48"],
    ["張伟", "50"],
    ["김지호", "50"],
  ])("%s is set in %s hundredths of the tile", (name, fontSize) => {
    const svg = renderInitialsSvg({ name, username: "x", size: 64 });
    expect(attribute(svg, "text", "font-size")).toBe(fontSize);
    expect(attribute(svg, "text", "text-anchor")).toBe("middle");
    expect(svg).not.toContain("dominant-baseline");
  });

  test("two letters of any script stay within the circle they are cropped to", () => {
    const svg = renderInitialsSvg({ name: "किरण मौर्य", username: "x", size: 64 });
    expect(Number(attribute(svg, "text", "font-size"))).toBeLessThan(40);
  });

  test("a change of name keeps the colour, and the same input gives the same bytes", () => {
    const before = renderInitialsSvg({ name: "Jane Doe", username: "jane-doe", size: 64 });
    const after = renderInitialsSvg({ name: "Jane Roe", username: "jane-doe", size: 64 });
    expect(attribute(after, "rect", "fill")).toBe(attribute(before, "rect", "fill"));
    expect(renderInitialsSvg({ name: "Jane Doe", username: "jane-doe", size: 64 })).toBe(before);
  });

  test("a name without initials gives a person", () => {
    const svg = renderInitialsSvg({ name: "---", username: "jane-doe", size: 64 });
    expect(svg).toContain("<circle");
    expect(svg).not.toContain("<text");
  });

  test.each([0, 7, 2049, 12.5, Number.NaN, Number.POSITIVE_INFINITY])("a side of %s pixels is refused", (size) => {
    expect(() => renderInitialsSvg({ name: "Jane", username: "jane", size })).toThrow(RangeError);
  });
});

describe("H-IMG-80: our own initials SVG, whatever the name", () => {
  const hostile = [
    '"><script>alert(1)</script>',
    "&#0;",
    "&#x202e;&lt;&amp;",
    "]]><!-- -->",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "' onload='alert(1)",
    "\u202E\u2066اسم Jane\u202C",
    "👨‍👩‍👧‍👦",
    "x".repeat(10_000),
    `Z${"\u0301".repeat(10_000)}`,
    "👨\u200D".repeat(5_000),
    "\uD800",
    "Jane\uDC00 Doe\uD83D",
    "\u0000\u0001\u001B\uFFFE\uFFFF",
  ];

  async function expectSafe(svg: string): Promise<void> {
    expect(svg.isWellFormed()).toBe(true);
    expect(svg.length).toBeLessThan(1_500);
    expect([...graphemes.segment(shown(svg))].length).toBeLessThanOrEqual(2);
    // The elements and attributes are those of the drawing, whatever stands in the text between them.
    expect(svg.replace(/>[^<]*</g, "><")).toMatch(
      /^(?:<\/?(?:svg|title|rect|text|g|circle|path)(?: [a-z-]+="[^"<>]*"| [a-zA-Z]+="[^"<>]*")*\/?>)+$/,
    );
    expect(svg.replace(/>[^<]*</g, "><")).not.toMatch(/ (?:on\w+|style|href|src)=/);
    expect(svg).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/u);
    // libxml2 reads it: malformed XML would throw.
    expect((await sharp(Buffer.from(svg)).metadata()).width).toBe(32);
  }

  test.each(hostile.map((name) => [JSON.stringify(name).slice(0, 40), name]))("%s", async (_, name) => {
    await expectSafe(renderInitialsSvg({ name, username: name, size: 32 }));
  });

  test("any string", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (name) => {
        await expectSafe(renderInitialsSvg({ name, username: name, size: 32 }));
      }),
      { numRuns: 150 },
    );
  });
});
