import type { ReadDocument } from "./document.ts";
import { type DomNode, toBlocks } from "./html-blocks.ts";

const FURNITURE_TAGS = new Set(["NAV", "FOOTER", "ASIDE", "HEADER"]);
const FURNITURE_ROLES = new Set(["navigation", "banner", "contentinfo", "complementary", "search", "dialog"]);
const FURNITURE_NAMES =
  /\b(cookie|consent|newsletter|subscribe|sidebar|breadcrumb|share|social|advert|promo|related|popup|modal|menu)/i;
/** The part of a page that holds this much of its paragraphs is its text. */
const MOST = 0.6;

/** A web page without what stands around its text: menus, banners, side links, the foot. */
export async function readHtml(source: string): Promise<ReadDocument> {
  const { parseHTML } = await import("linkedom");
  const { document } = parseHTML(/<html[\s>]/i.test(source) ? source : `<html><body>${source}</body></html>`);
  const title = document.querySelector("title")?.textContent?.trim() || undefined;
  const whole = paragraphsOf(document.body as unknown as DomNode);
  const candidates = [...document.querySelectorAll("article"), ...document.querySelectorAll("main, [role=main]")];
  const own = candidates.find((element) => paragraphsOf(element as unknown as DomNode) >= MOST * whole);
  if (own) return { ...readBlocks(own as unknown as DomNode), ...(title && { title }) };

  const stripped = readBlocks(document.body as unknown as DomNode);
  for (const element of document.querySelectorAll("*"))
    if (isFurniture(element as unknown as DomNode)) element.remove();
  const { Readability } = await import("@mozilla/readability");
  // It cuts the document up, so it comes last.
  const article = new Readability(document as unknown as Document, { serializer: (node) => node }).parse();
  const readable = article?.content ? readBlocks(article.content as unknown as DomNode) : null;
  const best = readable && lengthOf(readable) >= MOST * lengthOf(stripped) ? readable : stripped;
  return { ...best, ...(title && { title }) };
}

function readBlocks(root: DomNode): ReadDocument {
  return {
    blocks: toBlocks(root, { skip: (element) => element !== root && isFurniture(element) }).blocks,
    pages: null,
  };
}

function isFurniture(element: DomNode): boolean {
  const name = element.nodeName.toUpperCase();
  if (FURNITURE_TAGS.has(name)) return name !== "HEADER" || !hasHeading(element);
  const role = element.getAttribute?.("role");
  if (role && FURNITURE_ROLES.has(role)) return true;
  const names = `${element.getAttribute?.("class") ?? ""} ${element.getAttribute?.("id") ?? ""}`;
  return FURNITURE_NAMES.test(names) && paragraphsOf(element) < 2_000;
}

function hasHeading(element: DomNode): boolean {
  for (const child of element.childNodes) {
    if (/^H[1-6]$/i.test(child.nodeName) || (child.nodeType === 1 && hasHeading(child))) return true;
  }
  return false;
}

/** Characters in paragraphs. */
function paragraphsOf(element: DomNode): number {
  if (element.nodeType !== 1) return 0;
  if (element.nodeName.toUpperCase() === "P") return element.textContent?.length ?? 0;
  let sum = 0;
  for (const child of element.childNodes) sum += paragraphsOf(child);
  return sum;
}

function lengthOf({ blocks }: ReadDocument): number {
  return blocks.reduce(
    (sum, block) => sum + (block.kind === "heading" ? 0 : block.runs.reduce((all, { text }) => all + text.length, 0)),
    0,
  );
}
