import { type ReadDocument, UnreadableDocument } from "./document.ts";
import { fillLabels, findFurniture } from "./pdf-furniture.ts";
import { type Line, type Piece, toLines } from "./pdf-lines.ts";
import { type PageText, toBlocks } from "./pdf-paragraphs.ts";

const MAX_PAGES = 10_000;
/** Below this a page is a picture of text, or empty. */
const CHARACTERS_OF_A_TEXT_PAGE = 20;

/**
 * The text of a PDF: paragraphs across lines and pages, without running heads, feet and page numbers. Every run knows
 * its physical page and the number printed on it. Throws UnreadableDocument.
 */
export async function readPdf(
  bytes: Uint8Array,
  onPage?: (page: number, pages: number) => void,
): Promise<ReadDocument> {
  const { pages, title } = await readPages(bytes, onPage);
  const characters = pages.reduce((sum, { lines }) => sum + lines.reduce((all, { text }) => all + text.length, 0), 0);
  if (characters < CHARACTERS_OF_A_TEXT_PAGE * Math.min(pages.length, 5) || characters / pages.length < 5) {
    throw new UnreadableDocument(
      characters === 0 && pages.length === 0 ? "empty" : "scanned",
      `The ${pages.length} page(s) of this PDF are pictures without text. Run it through text recognition (OCR) and add the result.`,
    );
  }
  return { blocks: toBlocks(pages), pages: pages.length, ...(title && { title }) };
}

async function readPages(
  bytes: Uint8Array,
  onPage: ((page: number, pages: number) => void) | undefined,
): Promise<{ pages: PageText[]; title: string | undefined }> {
  const { getDocumentProxy } = await import("unpdf");
  try {
    // The parser takes what it is given away from us.
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    try {
      if (pdf.numPages > MAX_PAGES) {
        throw new UnreadableDocument(
          "too_large",
          `This PDF has ${pdf.numPages} pages; ${MAX_PAGES} are the most that can be read. Split it.`,
        );
      }
      const lines: Line[][] = [];
      for (let number = 1; number <= pdf.numPages; number++) {
        const page = await pdf.getPage(number);
        const content = await page.getTextContent();
        const pieces: Piece[] = [];
        for (const item of content.items) {
          if (!("str" in item)) continue;
          const [, , , height = 0, x = 0, y = 0] = item.transform as number[];
          pieces.push({
            text: item.str,
            x,
            y,
            width: item.width,
            size: item.height || (item.str.trim() ? Math.abs(height) : 0),
          });
        }
        lines.push(toLines(pieces));
        page.cleanup();
        onPage?.(number, pdf.numPages);
      }
      const { furniture, printed } = findFurniture(lines);
      const own = (await pdf.getPageLabels()) as string[] | null;
      const labels = own ?? fillLabels(printed);
      const { info } = (await pdf.getMetadata()) as { info: { Title?: string } };
      const pages = lines.map((page, at) => ({
        lines: page.filter((line) => !furniture.has(line)),
        label: labels[at] || null,
      }));
      return { pages, title: info?.Title?.trim() || undefined };
    } finally {
      await pdf.loadingTask.destroy();
    }
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  if (error instanceof UnreadableDocument) return error;
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") {
    return new UnreadableDocument("encrypted", "This PDF needs a password. Save it without one.", { cause: error });
  }
  return new UnreadableDocument("broken", "This PDF is damaged and cannot be read. Save it anew from its source.", {
    cause: error,
  });
}
