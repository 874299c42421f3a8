import { type Block, NOWHERE, type Place, type Run } from "./document.ts";

/** The part of the DOM that is read here; linkedom's nodes are of this shape. */
export type DomNode = {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<DomNode>;
  getAttribute?(name: string): string | null;
};

const TEXT = 3;
const ELEMENT = 1;
const LEFT_OUT = new Set(
  "SCRIPT STYLE NOSCRIPT TEMPLATE SVG MATH IFRAME OBJECT HEAD FORM BUTTON SELECT TEXTAREA AUDIO VIDEO CANVAS".split(
    " ",
  ),
);
const BLOCKS = new Set(
  "P DIV SECTION ARTICLE MAIN BLOCKQUOTE UL OL LI DL DT DD PRE TABLE TR TD TH FIGURE FIGCAPTION ADDRESS HR BODY ASIDE HEADER FOOTER NAV DETAILS SUMMARY".split(
    " ",
  ),
);

export type WalkOptions = {
  /** The printed page that begins at this element, where it is a page mark. */
  pageAt?: (element: DomNode) => string | null;
  /** Where the text begins: the page that the file before ended on. */
  place?: Place;
  /** Elements that are not the author's text. */
  skip?: (element: DomNode) => boolean;
};

/** Headings and paragraphs of a tree of HTML, in reading order, and the place at which it ends. */
export function toBlocks(root: DomNode, options: WalkOptions = {}): { blocks: Block[]; place: Place } {
  const blocks: Block[] = [];
  let runs: Run[] = [];
  let place = options.place ?? NOWHERE;

  const flush = () => {
    const trimmed = trimRuns(runs);
    if (trimmed.length > 0) blocks.push({ kind: "paragraph", runs: trimmed });
    runs = [];
  };
  const visit = (node: DomNode) => {
    if (node.nodeType === TEXT) return add(node.textContent ?? "");
    if (node.nodeType !== ELEMENT) return;
    const name = node.nodeName.toUpperCase();
    if (LEFT_OUT.has(name) || options.skip?.(node) || node.getAttribute?.("aria-hidden") === "true") return;
    const label = options.pageAt?.(node);
    if (label) {
      place = { page: /^\d+$/.test(label) ? Number(label) : null, label, location: null };
      // What a page mark shows is the number, not text.
      return;
    }
    if (name === "BR") return add("\n");
    if (/^H[1-6]$/.test(name)) {
      flush();
      // A page may begin within a heading.
      for (const child of node.childNodes) noteMarks(child);
      const text = clean(node.textContent ?? "");
      if (text) blocks.push({ kind: "heading", level: Number(name[1]), text });
      return;
    }
    const block = BLOCKS.has(name);
    if (block) flush();
    for (const child of node.childNodes) visit(child);
    if (block) flush();
  };
  const noteMarks = (node: DomNode) => {
    if (node.nodeType !== ELEMENT) return;
    const label = options.pageAt?.(node);
    if (label) place = { page: /^\d+$/.test(label) ? Number(label) : null, label, location: null };
    for (const child of node.childNodes) noteMarks(child);
  };
  const add = (text: string) => {
    const last = runs.at(-1);
    if (last && last.place === place) last.text += text;
    else runs.push({ text, place });
  };
  visit(root);
  flush();
  return { blocks, place };
}

function trimRuns(runs: readonly Run[]): Run[] {
  const kept: Run[] = [];
  for (const { text, place } of runs) {
    let cleaned = text.replace(/\u00ad/g, "").replace(/[\s\u00a0]+/g, " ");
    if (kept.length === 0 || kept.at(-1)?.text.endsWith(" ")) cleaned = cleaned.trimStart();
    if (cleaned) kept.push({ text: cleaned, place });
  }
  const last = kept.at(-1);
  if (last) last.text = last.text.trimEnd();
  return kept.filter(({ text }) => text !== "");
}

function clean(text: string): string {
  return text
    .replace(/\u00ad/g, "")
    .replace(/[\s\u00a0]+/g, " ")
    .trim();
}
