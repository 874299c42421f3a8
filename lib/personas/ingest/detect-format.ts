import path from "node:path";
import { UnreadableDocument } from "./document.ts";

export const FORMATS = ["pdf", "epub", "docx", "html", "markdown", "text", "vtt", "srt"] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  ".pdf": "pdf",
  ".epub": "epub",
  ".docx": "docx",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".md": "markdown",
  ".markdown": "markdown",
  ".txt": "text",
  ".text": "text",
  ".vtt": "vtt",
  ".srt": "srt",
};
export const EXTENSIONS: readonly string[] = Object.keys(BY_EXTENSION);

/** The format by content where a format has a mark of its own, and by the name's ending among plain texts. */
export function detectFormat(bytes: Uint8Array, name: string): Format {
  const start = Buffer.from(bytes.subarray(0, 2_048)).toString("latin1");
  if (start.slice(0, 1_024).includes("%PDF-")) return "pdf";
  if (start.startsWith("PK\u0003\u0004")) return zipped(start, bytes, name);
  if (start.startsWith("\u00d0\u00cf\u0011\u00e0")) {
    throw new UnreadableDocument(
      "unsupported",
      "This is an old Word file or one with a password. Save it as .docx without a password.",
    );
  }
  const format = BY_EXTENSION[path.extname(name).toLowerCase()];
  if (/^(\u00ef\u00bb\u00bf)?WEBVTT/.test(start)) return "vtt";
  if (format && format !== "pdf" && format !== "epub" && format !== "docx") return format;
  if (/^\s*(<!doctype html|<html|<\?xml[^>]*>\s*<html)/i.test(start)) return "html";
  if (format)
    throw new UnreadableDocument(
      "broken",
      `This is no ${path.extname(name).slice(1).toUpperCase()} file, whatever its name says.`,
    );
  throw new UnreadableDocument("unsupported", `This kind of file cannot be read. Use one of ${EXTENSIONS.join(", ")}.`);
}

function zipped(start: string, bytes: Uint8Array, name: string): Format {
  if (start.includes("application/epub+zip")) return "epub";
  if (Buffer.from(bytes).includes("word/document.xml")) return "docx";
  const format = BY_EXTENSION[path.extname(name).toLowerCase()];
  if (format === "epub" || format === "docx") return format;
  throw new UnreadableDocument("unsupported", "This is an archive. Add the files in it one by one.");
}
