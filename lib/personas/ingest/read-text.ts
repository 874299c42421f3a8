import { type Block, paragraph, type ReadDocument } from "./document.ts";
import { createRejoin } from "./rejoin.ts";

/** Bytes of a text file as a string: UTF-8 or UTF-16 by its mark, and Windows-1252 where it is not valid UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Plain text: blank lines part paragraphs, lines within one are joined. */
export function readText(text: string): ReadDocument {
  const parts = text.replace(/\r\n?/g, "\n").split(/\n[^\S\n]*\n+/);
  const rejoin = createRejoin(text.split("\n"));
  const blocks: Block[] = [];
  for (const part of parts) {
    const lines = part
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    const first = lines[0];
    if (!first) continue;
    if (isHeading(lines)) blocks.push({ kind: "heading", level: 1, text: lines.join(" ") });
    else blocks.push(paragraph(lines.reduce(rejoin)));
  }
  return { blocks, pages: null };
}

/** Short, not a sentence, and either in capitals or named as a part of a book. */
function isHeading(lines: readonly string[]): boolean {
  const text = lines.join(" ");
  if (lines.length > 3 || text.length > 120 || /[.;:,!?]$/.test(text)) return false;
  if (
    /^(chapter|part|book|section|preface|introduction|appendix|conclusion|prologue|epilogue|letter|act|scene)\b/i.test(
      text,
    )
  )
    return true;
  return /\p{Lu}/u.test(text) && text === text.toUpperCase() && /\p{Lu}{2}/u.test(text);
}
