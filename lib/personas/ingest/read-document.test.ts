import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import type { Block } from "./document.ts";
import { bookPage, makePdf } from "./pdf.fixture.ts";
import { readDocument } from "./read-document.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (blocks: readonly Block[]) =>
  blocks.map((block) => (block.kind === "heading" ? `# ${block.text}` : block.runs.map(({ text }) => text).join("")));

describe("PDF", () => {
  // Each line but a paragraph's last reaches the right edge.
  const pages = [
    bookPage(
      [
        "The harbour was the first thing that the settlers had to build, and it took them",
        "eleven years of patient labour to con-",
      ],
      "THE HARBOUR",
      "i",
    ),
    [],
    bookPage(
      [
        "struct its mole. Nobody was thanked for it, and the State-",
        "House remained unfinished, as all the towns had feared it would have to be.",
      ],
      "THE HARBOUR",
      "2",
    ),
    bookPage(["What the harbour cost them is known to us from the State-House ledger alone."], "THE HARBOUR", "3"),
  ];

  test("running heads and page numbers are left out, and words broken over lines and pages are whole", async () => {
    const { blocks, pages: count } = await readDocument(makePdf(pages), "harbour.pdf");
    const text = texts(blocks).join("\n");
    expect(count).toBe(4);
    expect(text).toContain("labour to construct its mole.");
    expect(text).toContain("the State-House remained unfinished");
    expect(text).not.toMatch(/THE HARBOUR/);
    expect(text).not.toMatch(/\b[23]\b/);
  });

  test("an empty page counts: page is the physical one, label the printed one", async () => {
    const pdf = makePdf(pages, [
      { from: 0, style: "r" },
      { from: 1, style: "D" },
    ]);
    const { blocks } = await readDocument(pdf, "harbour.pdf");
    const places = blocks.flatMap((block) => (block.kind === "paragraph" ? block.runs.map(({ place }) => place) : []));
    expect(places.map(({ page, label }) => [page, label])).toEqual(
      expect.arrayContaining([
        [1, "i"],
        [3, "2"],
        [4, "3"],
      ]),
    );
  });

  test("without labels of its own, the numbers printed on its pages are its labels", async () => {
    const { blocks } = await readDocument(makePdf(pages), "harbour.pdf");
    const last = blocks.at(-1);
    expect(last?.kind === "paragraph" && last.runs.at(-1)?.place).toEqual({ page: 4, label: "3", location: null });
  });

  test("a PDF of pictures, a broken one and one that is none say so", async () => {
    await expect(readDocument(makePdf([[], []]), "scan.pdf")).rejects.toMatchObject({ status: "scanned" });
    const broken = bytes(`%PDF-1.7\n${"garbage ".repeat(50)}`);
    await expect(readDocument(broken, "broken.pdf")).rejects.toMatchObject({ status: "broken" });
    await expect(readDocument(bytes("just text"), "fake.pdf")).rejects.toMatchObject({ status: "broken" });
    await expect(readDocument(new Uint8Array(), "empty.txt")).rejects.toMatchObject({ status: "empty" });
    await expect(readDocument(bytes("x"), "song.mp3")).rejects.toMatchObject({ status: "unsupported" });
  });
});

describe("EPUB", () => {
  const chapter = (body: string) => strToU8(`<html xmlns="http://www.w3.org/1999/xhtml"><body>${body}</body></html>`);
  const book = (extra: Record<string, Uint8Array> = {}) =>
    zipSync({
      mimetype: strToU8("application/epub+zip"),
      "META-INF/container.xml": strToU8(
        '<container><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>',
      ),
      "O/b.opf": strToU8(
        '<package><metadata><dc:title>The Mole</dc:title></metadata><manifest><item id="n" href="nav.xhtml" properties="nav"/><item id="a" href="a.xhtml"/><item id="b" href="b.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
      ),
      "O/nav.xhtml": chapter('<nav epub:type="page-list"><ol><li><a href="b.xhtml#p9">9</a></li></ol></nav>'),
      "O/a.xhtml": chapter(
        '<h1>One</h1><span epub:type="pagebreak" id="x" title="iv"></span><p>First words <span epub:type="pagebreak" title="5"></span>and the next page.</p>',
      ),
      "O/b.xhtml": chapter('<p>Still there.</p><a id="p9"></a><p>The ninth.</p>'),
      ...extra,
    });

  test("pages are the printed ones, from the marks in the text and from the page list", async () => {
    const { blocks, title } = await readDocument(book(), "mole.epub");
    const places = blocks.flatMap((block) =>
      block.kind === "paragraph" ? block.runs.map(({ text, place }) => [text, place.page, place.label]) : [],
    );
    expect(title).toBe("The Mole");
    expect(places).toEqual([
      ["First words ", null, "iv"],
      ["and the next page.", 5, "5"],
      ["Still there.", 5, "5"],
      ["The ninth.", 9, "9"],
    ]);
  });

  test("a book with a lock says so", async () => {
    const lock =
      '<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></EncryptedData></encryption>';
    await expect(readDocument(book({ "META-INF/encryption.xml": strToU8(lock) }), "l.epub")).rejects.toMatchObject({
      status: "encrypted",
    });
  });
});

test("an archive that would unpack to far more than it is is not opened", async () => {
  const bomb = zipSync({ "word/document.xml": [new Uint8Array(40_000_000), { level: 9 }] });
  await expect(readDocument(bomb, "bomb.docx")).rejects.toMatchObject({ status: "too_large" });
});

test("DOCX: headings and paragraphs", async () => {
  const body =
    '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>One</w:t></w:r></w:p><w:p><w:r><w:t>Said </w:t></w:r><w:r><w:t>here.</w:t></w:r></w:p>';
  const file = zipSync({
    "[Content_Types].xml": strToU8(
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    ),
    "_rels/.rels": strToU8(
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    ),
    "word/styles.xml": strToU8(
      '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>',
    ),
    "word/_rels/document.xml.rels": strToU8(
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
    ),
    "word/document.xml": strToU8(
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ),
  });
  const { blocks } = await readDocument(file, "one.docx");
  expect(texts(blocks)).toEqual(["# One", "Said here."]);
});

test("HTML: what stands around the text is no text", async () => {
  const page = `<html><head><title>T</title><script>var bad = 1</script></head><body><nav><a>Home</a></nav>
    <div class="cookie-banner">We use cookies.</div><main><article><h1>Title</h1><p>What she <em>wrote</em>.</p></article></main>
    <aside><p>Buy this.</p></aside><footer><p>All rights.</p></footer></body></html>`;
  const { blocks } = await readDocument(bytes(page), "page.html");
  expect(texts(blocks)).toEqual(["# Title", "What she wrote."]);
});

test("Markdown: marks are taken off and words stay", async () => {
  const source =
    '---\ntitle: "Notes"\n---\n\n# One\n\nA **bold** claim\nover [two](http://x.y) lines.\n\n> quoted\n\n- an item\n\n```\n12  34\n```\n';
  const { blocks, title } = await readDocument(bytes(source), "n.md");
  expect(title).toBe("Notes");
  expect(texts(blocks)).toEqual(["# One", "A bold claim over two lines.", "quoted", "an item", "12 34"]);
});

test("plain text in Windows-1252 and with carriage returns", async () => {
  const { blocks } = await readDocument(
    Buffer.from("CHAPTER ONE\r\n\r\nCaf\xe9 talk\r\ngoes on.\r\n", "latin1"),
    "t.txt",
  );
  expect(texts(blocks)).toEqual(["# CHAPTER ONE", "Café talk goes on."]);
});

test("transcripts: what was said, at its time, without marks", async () => {
  const vtt =
    "WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.000\n<v Ann>Good <i>morning</i>.\n\n01:02:03.500 --> 01:02:05.000\n<v Ann>Later on.\n";
  const { blocks } = await readDocument(bytes(vtt), "talk.vtt");
  expect(blocks.map((block) => block.kind === "paragraph" && block.runs[0])).toEqual([
    { text: "Good morning.", place: { page: null, label: null, location: "0:01" } },
    { text: "Later on.", place: { page: null, label: null, location: "1:02:03" } },
  ]);
  const srt = "1\n00:00:01,000 --> 00:00:02,000\nOne.\n\n2\n00:00:02,100 --> 00:00:03,000\nTwo.\n";
  expect(texts((await readDocument(bytes(srt), "talk.srt")).blocks)).toEqual(["One. Two."]);
});
