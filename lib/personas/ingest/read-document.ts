import { detectFormat, type Format } from "./detect-format.ts";
import { type ReadDocument, UnreadableDocument } from "./document.ts";

const MAX_BYTES = 300_000_000;

export type ReadOptions = { onPage?: (page: number, pages: number) => void };

/**
 * Reads a file of any format that is known. `name` is what its ending is taken from, where the content does not tell.
 * Throws UnreadableDocument, whose sentence says what to do.
 */
export async function readDocument(
  bytes: Uint8Array,
  name: string,
  options: ReadOptions = {},
): Promise<ReadDocument & { format: Format }> {
  if (bytes.length === 0) throw new UnreadableDocument("empty", "This file is empty.");
  if (bytes.length > MAX_BYTES) {
    throw new UnreadableDocument("too_large", `This file has more than ${MAX_BYTES / 1_000_000} MB. Split it.`);
  }
  const format = detectFormat(bytes, name);
  const document = await read(bytes, format, options);
  if (!document.blocks.some((block) => block.kind === "paragraph")) {
    throw new UnreadableDocument("empty", "There is no text in this file.");
  }
  return { ...document, format };
}

/** Readers are loaded when a file needs them: a server that only answers needs none. */
async function read(bytes: Uint8Array, format: Format, { onPage }: ReadOptions): Promise<ReadDocument> {
  const { decodeText, readText } = await import("./read-text.ts");
  switch (format) {
    case "pdf":
      return (await import("./read-pdf.ts")).readPdf(bytes, onPage);
    case "epub":
      return (await import("./read-epub.ts")).readEpub(bytes);
    case "docx":
      return (await import("./read-docx.ts")).readDocx(bytes);
    case "html":
      return (await import("./read-html.ts")).readHtml(decodeText(bytes));
    case "markdown":
      return (await import("./read-markdown.ts")).readMarkdown(decodeText(bytes));
    case "vtt":
    case "srt":
      return (await import("./read-transcript.ts")).readTranscript(decodeText(bytes));
    case "text":
      return readText(decodeText(bytes));
  }
}
