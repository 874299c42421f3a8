import { isUtf8 } from "node:buffer";

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

export type DecodedText =
  | { readonly ok: true; readonly text: string; readonly encoding: TextEncoding }
  | { readonly ok: false; readonly line: number; readonly problem: string };

/**
 * The text of a file, without byte order mark. Spreadsheets save UTF-8, UTF-16 ("Unicode text") or, in Western
 * Europe, windows-1252. What holds a NUL, or mixes UTF-8 with bytes that are not, is refused with its line
 * (from 1): a wrong guess would spoil names in silence.
 */
export function decodeText(bytes: Buffer): DecodedText {
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  const nul = text.indexOf("\0");
  if (nul >= 0) return { ok: false, line: lineAt(text, nul), problem: "it holds binary data" };
  if (encoding === "windows-1252") {
    const asUtf8 = new TextDecoder().decode(bytes);
    if (/[^\p{ASCII}\ufffd]/u.test(asUtf8)) {
      const line = lineAt(asUtf8, asUtf8.indexOf("\ufffd"));
      return { ok: false, line, problem: "some bytes are not UTF-8, though others are" };
    }
  }
  return { ok: true, text, encoding };
}

/** The line, from 1, of an offset in a text with any kind of line ends. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (const end of text.slice(0, Math.max(0, offset)).matchAll(/\r\n|\n|\r/g)) line += end.length;
  return line;
}

function encodingOf(bytes: Buffer): TextEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  // Without a mark, ASCII in UTF-16 has a NUL in every second place, and no other text has any.
  const head = bytes.subarray(0, 64);
  if (head.length >= 4 && head.every((byte, at) => at % 2 === 0 || byte === 0)) return "utf-16le";
  return isUtf8(bytes) ? "utf-8" : "windows-1252";
}
