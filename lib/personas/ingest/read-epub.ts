import path from "node:path";
import { type Block, NOWHERE, type ReadDocument, UnreadableDocument } from "./document.ts";
import { type DomNode, toBlocks } from "./html-blocks.ts";
import { decodeText } from "./read-text.ts";
import { unzip } from "./zip.ts";

/** The element of a document of XML that linkedom gives. */
type Xml = {
  getAttribute(name: string): string | null;
  querySelector(selector: string): Xml | null;
  querySelectorAll(selector: string): Iterable<Xml>;
  textContent: string | null;
};
const FONT_MANGLING = /obfuscation|font/i;

/**
 * A book. Its pages are the printed ones, from the page marks in the text or from the page list; a book without either
 * has none. Throws UnreadableDocument.
 */
export async function readEpub(bytes: Uint8Array): Promise<ReadDocument> {
  const { DOMParser, parseHTML } = await import("linkedom");
  const files = unzip(bytes, (name) => /\.(xhtml|html|htm|xml|opf|ncx)$/i.test(name));
  const text = (name: string) => decodeText(files.get(name) ?? new Uint8Array());
  const xml = (name: string) => new DOMParser().parseFromString(text(name), "text/xml") as unknown as Xml;

  refuseLocked(text("META-INF/encryption.xml"));
  const opf = xml("META-INF/container.xml").querySelector("rootfile")?.getAttribute("full-path");
  if (!opf || !files.has(opf)) throw new UnreadableDocument("broken", "This EPUB does not say where its text is.");
  const book = xml(opf);
  const resolve = (href: string, from = opf) =>
    path.posix.normalize(path.posix.join(path.posix.dirname(from), decodeURIComponent(href)));
  const items = new Map([...book.querySelectorAll("item")].map((item) => [item.getAttribute("id") ?? "", item]));
  const spine = [...book.querySelectorAll("itemref")]
    .filter((ref) => ref.getAttribute("linear") !== "no")
    .map((ref) => resolve(items.get(ref.getAttribute("idref") ?? "")?.getAttribute("href") ?? ""));
  const navigation = [...items.values()].find((item) => /\bnav\b/.test(item.getAttribute("properties") ?? ""));
  const ncx = [...items.values()].find((item) => item.getAttribute("media-type") === "application/x-dtbncx+xml");
  const listed = new Map<string, string>();
  if (navigation) {
    const file = resolve(navigation.getAttribute("href") ?? "");
    const { document } = parseHTML(text(file));
    const pageList = [...document.querySelectorAll("nav")].find(
      (nav) => nav.getAttribute("epub:type") === "page-list" || nav.getAttribute("role") === "doc-pagelist",
    );
    for (const link of pageList?.querySelectorAll("a") ?? []) {
      listed.set(resolve(link.getAttribute("href") ?? "", file), link.textContent?.trim() ?? "");
    }
  }
  if (ncx && listed.size === 0) {
    const file = resolve(ncx.getAttribute("href") ?? "");
    for (const target of xml(file).querySelectorAll("pageTarget")) {
      const source = target.querySelector("content")?.getAttribute("src");
      if (source) listed.set(resolve(source, file), target.querySelector("text")?.textContent?.trim() ?? "");
    }
  }

  const blocks: Block[] = [];
  const labels = new Set<string>();
  let place = NOWHERE;
  for (const file of spine) {
    if (!files.has(file) || (navigation && file === resolve(navigation.getAttribute("href") ?? ""))) continue;
    const { document } = parseHTML(text(file).replace(/<\?xml[^>]*\?>/, ""));
    const pageAt = (element: DomNode) => {
      const label = pageLabel(element, listed, file);
      if (label) labels.add(label);
      return label;
    };
    const atStart = listed.get(file);
    if (atStart) place = { page: /^\d+$/.test(atStart) ? Number(atStart) : null, label: atStart, location: null };
    const read = toBlocks(document.body as unknown as DomNode, { pageAt, place });
    blocks.push(...read.blocks);
    place = read.place;
  }
  const title = [...book.querySelectorAll("metadata > *")].find((element) =>
    /title$/i.test((element as unknown as DomNode).nodeName),
  )?.textContent;
  return { blocks, pages: labels.size || null, ...(title && { title: title.trim() }) };
}

function pageLabel(element: DomNode, listed: ReadonlyMap<string, string>, file: string): string | null {
  const attribute = (name: string) => element.getAttribute?.(name)?.trim() || null;
  const id = attribute("id");
  const marked = /\bpagebreak\b/.test(`${attribute("epub:type") ?? ""} ${attribute("role") ?? ""}`);
  const fromList = id ? listed.get(`${file}#${id}`) : undefined;
  if (!marked) {
    // A list may point at an element that holds text; only an empty one is a mark.
    return fromList && !element.textContent?.trim() ? fromList : null;
  }
  const own = attribute("title") ?? attribute("aria-label") ?? element.textContent?.trim();
  return fromList || own?.replace(/^page\s+/i, "").replace(/\.$/, "") || id?.replace(/^\D+/, "") || null;
}

function refuseLocked(encryption: string): void {
  const algorithms = [...encryption.matchAll(/EncryptionMethod[^>]*Algorithm="([^"]+)"/g)].map(
    ([, name]) => name ?? "",
  );
  if (algorithms.some((name) => !FONT_MANGLING.test(name)))
    throw new UnreadableDocument(
      "encrypted",
      "This EPUB is locked to a reader (DRM). Only files without a lock can be read.",
    );
}
