import { readFile } from "node:fs/promises";
import path from "node:path";
import { PAGE_NAMES, type PageName } from "./contents.ts";
import { fill } from "./fill.ts";

export type Page = {
  name: PageName;
  title: string;
  /** One sentence, Markdown without links: what lists of pages say of it. */
  summary: string;
  /** The whole page as Markdown, filled in for this installation. */
  markdown: string;
  /** What follows title and summary. */
  body: string;
};

/** Every top script runs in the project's directory; a bundle knows no other place to start from. */
const DIRECTORY = path.join(process.cwd(), "docs");
/** `# Title`, then the summary as a quotation. */
const HEAD = /^# (.+)\n\n> (.+)\n/;

/** Reads one page. Throws when its file is missing or does not begin with a title and a summary. */
export async function loadPage(name: PageName, publicUrl: string): Promise<Page> {
  const source = await readFile(path.join(DIRECTORY, `${name}.md`), "utf8");
  const markdown = fill(source, publicUrl);
  const [head, title = "", summary = ""] = HEAD.exec(markdown) ?? [];
  if (head === undefined) throw new Error(`docs/${name}.md does not begin with a title and a summary`);
  return { name, title, summary, markdown, body: markdown.slice(head.length) };
}

/** Every page, in order. */
export function loadPages(publicUrl: string): Promise<Page[]> {
  return Promise.all(PAGE_NAMES.map((name) => loadPage(name, publicUrl)));
}

/** Every page as a file, for the persona that answers from them. */
export async function loadPageFiles(publicUrl: string) {
  return (await loadPages(publicUrl)).map(({ name, title, markdown }) => ({
    fileName: `${name}.md`,
    title,
    url: `${publicUrl}/docs/${name}`,
    bytes: new TextEncoder().encode(markdown),
  }));
}
