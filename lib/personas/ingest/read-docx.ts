import { type ReadDocument, UnreadableDocument } from "./document.ts";
import { type DomNode, toBlocks } from "./html-blocks.ts";
import { refuseArchiveBomb } from "./zip.ts";

/** A Word document. It has no pages of its own: where a line falls depends on the printer. Throws UnreadableDocument. */
export async function readDocx(bytes: Uint8Array): Promise<ReadDocument> {
  refuseArchiveBomb(bytes);
  const [{ default: mammoth }, { parseHTML }] = await Promise.all([import("mammoth"), import("linkedom")]);
  let html: string;
  try {
    const converted = await mammoth.convertToHtml(
      { buffer: Buffer.from(bytes) },
      { convertImage: mammoth.images.imgElement(async () => ({ src: "" })), ignoreEmptyParagraphs: true },
    );
    html = converted.value;
  } catch (error) {
    throw new UnreadableDocument("broken", "This Word file is damaged and cannot be read. Save it anew.", {
      cause: error,
    });
  }
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  return { blocks: toBlocks(document.body as unknown as DomNode).blocks, pages: null };
}
