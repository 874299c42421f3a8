import { Marked, type Tokens } from "marked";
import { findPageName } from "./contents.ts";

export type Heading = { id: string; text: string; depth: number };
export type Rendered = { html: string; headings: Heading[] };

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** What a link may open: pages, mail, and the two programs that add a connector when asked to. */
const SCHEMES = /^(https?:|mailto:|cursor:\/\/anysphere\.cursor-deeplink\/|vscode:mcp\/)/;

/**
 * A page's Markdown as HTML. Whatever is HTML in it is shown as text; headings have ids (as GitHub makes them) and
 * link to themselves; what may be wider than the page scrolls inside itself, by keyboard too.
 */
export function render(markdown: string): Rendered {
  const headings: Heading[] = [];
  const taken = new Map<string, number>();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const text = this.parser.parseInline(tokens, this.parser.textRenderer);
        const id = unique(idOf(plain(text)), taken);
        headings.push({ id, text: plain(text), depth });
        return `<h${depth} id="${id}"><a href="#${id}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
      },
      code({ text, lang = "" }: Tokens.Code) {
        const [language = "", kind = ""] = lang.split(" ");
        const label = kind ? ` data-kind="${escapeHtml(kind)}"` : "";
        // Regions that scroll must be reachable by keyboard.
        return `<div class="docs-code"${label}><pre tabindex="0"><code class="language-${escapeHtml(language)}">${escapeHtml(text)}</code></pre></div>\n`;
      },
      table(token: Tokens.Table) {
        const cellOf = (cell: Tokens.TableCell, header: boolean) => {
          // A header without words is none.
          const [tag, attributes] = header && cell.text ? ["th", ' scope="col"'] : ["td", ""];
          return `<${tag}${attributes}>${this.parser.parseInline(cell.tokens)}</${tag}>`;
        };
        const row = (cells: Tokens.TableCell[], header: boolean) =>
          `<tr>${cells.map((cell) => cellOf(cell, header)).join("")}</tr>`;
        const body = token.rows.map((cells) => row(cells, false)).join("\n");
        return `<div class="docs-table" tabindex="0"><table><thead>${row(token.header, true)}</thead><tbody>${body}</tbody></table></div>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const text = this.parser.parseInline(tokens);
        const address = addressOf(href);
        return address === null ? text : `<a href="${escapeHtml(address)}">${text}</a>`;
      },
      image: ({ text }: Tokens.Image) => escapeHtml(text),
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    },
  });
  return { html: marked.parse(markdown, { async: false }), headings };
}

/** Where a link of a page leads on the site; null where it leads nowhere we know. */
function addressOf(href: string): string | null {
  if (href.startsWith("#") || href.startsWith("/") || SCHEMES.test(href)) return href;
  const [, name = "", anchor = ""] = /^([\w-]+)\.md(#[\w-]+)?$/.exec(href) ?? [];
  return findPageName(name) ? `/docs/${name}${anchor}` : null;
}

function idOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

function unique(id: string, taken: Map<string, number>): string {
  const before = taken.get(id);
  taken.set(id, (before ?? 0) + 1);
  return before === undefined ? id : `${id}-${before}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => {
    const [character] = Object.entries(ESCAPES).find(([, escaped]) => escaped === entity) ?? [entity];
    return character;
  });
}
