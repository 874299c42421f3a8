/** A piece of text as PDF has it: where it begins, how wide it is, how high its letters are; in points, y upwards. */
export type Piece = { text: string; x: number; y: number; width: number; size: number };

/** A line of a page, in the order of the page's text. */
export type Line = { text: string; left: number; right: number; y: number; size: number };

/** Puts the pieces of a page together to lines. Two pieces that stand apart get a space between them. */
export function toLines(pieces: readonly Piece[]): Line[] {
  const lines: Line[] = [];
  let line: Line | null = null;
  for (const piece of pieces) {
    const size: number = piece.size || line?.size || 0;
    if (piece.text === "") continue;
    if (line && sameLine(line, piece)) {
      const apart = piece.x - line.right > 0.18 * size && !/\s$/.test(line.text) && !/^\s/.test(piece.text);
      line.text += apart ? ` ${piece.text}` : piece.text;
      line.right = Math.max(line.right, piece.x + piece.width);
      // The size of most of a line: a raised note mark does not make it small.
      if (piece.text.length > line.text.length / 2 && piece.size) line.size = piece.size;
    } else {
      line = { text: piece.text, left: piece.x, right: piece.x + piece.width, y: piece.y, size };
      lines.push(line);
    }
  }
  for (const each of lines) each.text = cleanText(each.text);
  return lines.filter(({ text }) => text !== "");
}

function sameLine(line: Line, piece: Piece): boolean {
  const size = Math.max(line.size, piece.size, 1);
  return Math.abs(line.y - piece.y) < 0.45 * size && piece.x >= line.right - 2 * size;
}

/** Ligatures apart, one kind of space, no control characters; what was written stays otherwise as it is. */
export function cleanText(text: string): string {
  return (
    text
      .normalize("NFC")
      .replace(/[\ufb00-\ufb06]/g, (ligature) => ligature.normalize("NFKC"))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u2060\ufeff\ufffe\uffff]/g, "")
      .replace(/[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g, " ")
      .trim()
  );
}
