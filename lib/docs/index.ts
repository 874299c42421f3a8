/**
 * The documentation: docs/*.md filled in for this installation, as pages, as Markdown and as llms.txt. What the code
 * knows (the API, the tools, the settings) is not written down but filled in from it. Nothing in a page is HTML.
 */
import { llms, llmsFull, pageSource } from "./endpoints.ts";

export { findPageName, type PageName, SECTIONS } from "./contents.ts";
export { cursorLink, vscodeLink } from "./fills/connect.ts";
export { loadPage, loadPageFiles, loadPages, type Page } from "./load-page.ts";
export { type Heading, render } from "./render.ts";

/** The addresses of this surface. */
export const DOCS_MOUNTS = { "/docs/*.md": pageSource, "/llms.txt": llms, "/llms-full.txt": llmsFull };
