/** Writes small PDFs for tests: lines of text at given places, and page labels. */

export type FixtureLine = { text: string; x?: number; y: number; size?: number };

/** `labels` as PDF has them: from which page on (counted from 0) and in which style. */
export function makePdf(pages: readonly FixtureLine[][], labels?: { from: number; style: "r" | "D" }[]): Uint8Array {
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const kids = pages.map((_, at) => `${4 + at * 2} 0 R`).join(" ");
  const numbers = labels?.map(({ from, style }) => `${from} << /S /${style} >>`).join(" ");
  add(`<< /Type /Catalog /Pages 2 0 R ${numbers ? `/PageLabels << /Nums [ ${numbers} ] >>` : ""} >>`);
  add(`<< /Type /Pages /Kids [ ${kids} ] /Count ${pages.length} >>`);
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  for (const [at, lines] of pages.entries()) {
    const content = lines
      .map(({ text, x = 52, y, size = 10 }) => `BT /F1 ${size} Tf ${x} ${y} Td (${quoted(text)}) Tj ET`)
      .join("\n");
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + at * 2} 0 R >>`,
    );
    add(`<< /Length ${Buffer.byteLength(content, "latin1")} >>\nstream\n${content}\nendstream`);
  }
  let file = "%PDF-1.7\n";
  const offsets = objects.map((body, at) => {
    const offset = Buffer.byteLength(file, "latin1");
    file += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = Buffer.byteLength(file, "latin1");
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const offset of offsets) file += `${String(offset).padStart(10, "0")} 00000 n \n`;
  file += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

function quoted(text: string): string {
  return text.replace(/[\\()]/g, "\\$&");
}

/** A page of running text below a running head, with its number at the foot. */
export function bookPage(lines: readonly string[], head: string, foot: string): FixtureLine[] {
  return [
    ...lines.map((text, at) => ({ text, y: 500 - at * 13 })),
    { text: head, x: 170, y: 552, size: 8 },
    { text: foot, x: 205, y: 34, size: 8 },
  ];
}
