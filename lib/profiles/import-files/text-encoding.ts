import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { broken, unreadable } from "./file-access.ts";

/** Those that are recognised come first; the others somebody has to choose. */
export const TEXT_ENCODINGS = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "macintosh",
  "shift_jis",
  "gb18030",
  "big5",
  "euc-kr",
] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

const PIECE_BYTES = 256 * 1024;

/**
 * The encoding of a text file by all of its bytes. Spreadsheets save UTF-8, UTF-16 ("Unicode text") or, in Western Europe,
 * windows-1252. What holds a NUL, or mixes UTF-8 with bytes that are not, throws file_broken with its line (from 1): a wrong
 * guess would spoil names in silence. With `chosen` only the NULs are looked for. Throws file_unreadable.
 */
export async function encodingOfFile(file: string, chosen?: TextEncoding): Promise<TextEncoding> {
  const encoding = chosen ?? (await guess(file));
  const line = await lineOfFirst("\0", file, encoding);
  if (line !== null) throw broken(file, `line ${line}`, "it holds binary data");
  return encoding;
}

async function guess(file: string): Promise<TextEncoding> {
  let first = true;
  let utf8 = true;
  let others = false;
  const strict = new TextDecoder("utf-8", { fatal: true });
  const lenient = new TextDecoder("utf-8");
  for await (const bytes of pieces(file)) {
    const marked = first ? markedEncoding(bytes) : undefined;
    if (marked) return marked;
    first = false;
    if (utf8) {
      try {
        strict.decode(bytes, { stream: true });
      } catch {
        utf8 = false;
      }
    }
    others ||= /[^\p{ASCII}\ufffd]/u.test(lenient.decode(bytes, { stream: true }));
  }
  try {
    if (utf8) strict.decode();
  } catch {
    utf8 = false;
  }
  if (utf8) return "utf-8";
  if (!others) return "windows-1252";
  const line = await lineOfFirst("\ufffd", file, "utf-8");
  throw broken(file, `line ${line ?? 1}`, "some bytes are not UTF-8, though others are");
}

/** A text as UTF-8, in pieces, without byte order mark. */
export async function* utf8Pieces(file: string, encoding: TextEncoding): AsyncGenerator<Buffer> {
  let first = true;
  if (encoding === "utf-8") {
    for await (const bytes of pieces(file)) {
      const mark = first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      first = false;
      yield bytes.subarray(mark);
    }
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const bytes of pieces(file)) yield Buffer.from(decoder.decode(bytes, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* pieces(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function lineOfFirst(character: string, file: string, encoding: TextEncoding): Promise<number | null> {
  const sought = Buffer.from(character);
  const decoder = new TextDecoder("utf-8");
  let lines = 1;
  for await (const piece of utf8Pieces(file, encoding)) {
    // What is cut or wrong becomes U+FFFD only when it is decoded.
    const bytes = character === "\0" ? piece : Buffer.from(decoder.decode(piece, { stream: true }));
    const at = bytes.indexOf(sought);
    lines += lineEnds(at < 0 ? bytes : bytes.subarray(0, at));
    if (at >= 0) return lines;
  }
  return null;
}

function lineEnds(bytes: Buffer): number {
  let ends = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) ends++;
  return ends;
}

/** By its mark; without one, ASCII in UTF-16 has a NUL in every second place, and no other text has any. */
function markedEncoding(bytes: Buffer): TextEncoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 64);
  if (head.length >= 4 && head.every((byte, at) => at % 2 === 0 || byte === 0)) return "utf-16le";
  if (head.length >= 4 && head.every((byte, at) => at % 2 === 1 || byte === 0)) return "utf-16be";
  return undefined;
}

/** The beginning of a text, of bytes that end where a line does; wrong characters as U+FFFD. */
export function decodeHead(bytes: Buffer, chosen?: TextEncoding): { text: string; encoding: TextEncoding } {
  const encoding = chosen ?? markedEncoding(bytes) ?? (isUtf8(bytes) ? "utf-8" : "windows-1252");
  return { text: new TextDecoder(encoding).decode(bytes), encoding };
}
