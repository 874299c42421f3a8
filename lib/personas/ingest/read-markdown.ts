import { type Block, paragraph, type ReadDocument } from "./document.ts";

/** Markdown: headings, paragraphs, lists, quotations and blocks of plain text, without marks, comments and pictures. */
export function readMarkdown(source: string): ReadDocument {
  const { text, title } = withoutFrontMatter(source.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n"));
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = () => {
    const joined = inline(lines.join(" "));
    if (joined) blocks.push(paragraph(joined));
    lines = [];
  };
  let fence: string | null = null;
  for (const line of text.replace(/<!--[\s\S]*?-->/g, "").split("\n")) {
    const fenced = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (fence) {
      if (fenced?.startsWith(fence)) {
        // Tables and verses stand in such blocks.
        const plain = lines.join(" ").replace(/\s+/g, " ").trim();
        if (plain) blocks.push(paragraph(plain));
        lines = [];
        fence = null;
      } else lines.push(line.trim());
      continue;
    }
    if (fenced) {
      flush();
      fence = fenced;
      continue;
    }
    const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    const underline = /^\s{0,3}(=+|-+)\s*$/.exec(line)?.[1];
    if (heading) {
      flush();
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text: inline(heading[2] ?? "") });
    } else if (underline && lines.length === 1) {
      blocks.push({ kind: "heading", level: underline.startsWith("=") ? 1 : 2, text: inline(lines[0] ?? "") });
      lines = [];
    } else if (/^\s*$/.test(line) || /^\s{0,3}([-*_]\s*){3,}$/.test(line) || /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(line)) {
      flush();
    } else {
      if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) flush();
      lines.push(
        line
          .replace(/^\s*(>\s?)+/, "")
          .replace(/^\s*[-*+]\s+/, "")
          .trim(),
      );
    }
  }
  flush();
  return {
    blocks: blocks.filter((block) => block.kind === "paragraph" || block.text),
    pages: null,
    ...(title && { title }),
  };
}

function withoutFrontMatter(source: string): { text: string; title: string | undefined } {
  const matter = /^---\n([\s\S]*?)\n(?:---|\.\.\.)\n/.exec(source);
  if (!matter) return { text: source, title: undefined };
  const title = /^title:\s*["']?(.+?)["']?\s*$/m.exec(matter[1] ?? "")?.[1];
  return { text: source.slice(matter[0].length), title };
}

/** The words of a line without their marks. */
function inline(text: string): string {
  return text
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]+)\]\[[^\]]*\]/g, "$1")
    .replace(/<\/?[a-z][^>]*>/gi, "")
    .replace(/`([^`]*)`/g, "$1")
    .replace(/(?<![\\*])\*{1,3}(?=\S)([^*]*?\S)\*{1,3}/g, "$1")
    .replace(/(?<![\\\w])_{1,3}(?=\S)([^_]*?\S)_{1,3}(?!\w)/g, "$1")
    .replace(/\\([\\`*_{}[\]()#+\-.!>|~])/g, "$1")
    .replace(/&amp;/g, "&")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&nbsp;/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
