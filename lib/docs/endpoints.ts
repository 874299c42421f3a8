import { type Handler, handler } from "#lib/http";
import { AppError } from "#lib/platform/errors";
import { findPageName, SECTIONS } from "./contents.ts";
import { loadPage, loadPages, type Page } from "./load-page.ts";

const HEADERS = { "cache-control": "public, max-age=300" };

/** `GET /docs/<name>.md`: a page as Markdown. */
export const pageSource: Handler = handler({ methods: ["GET"], cors: true }, async (request, services) => {
  const [, path = ""] = /^\/docs\/(.+)\.md$/.exec(new URL(request.url).pathname) ?? [];
  const found = findPageName(path);
  if (!found) throw new AppError("not_found");
  const { publicUrl } = services.config;
  if (found.alias) {
    return new Response(null, { status: 308, headers: { ...HEADERS, location: `/docs/${found.name}.md` } });
  }
  return text((await loadPage(found.name, publicUrl)).markdown, "text/markdown");
});

/** `GET /llms.txt`: what there is to read, for programs that read (llmstxt.org). */
export const llms: Handler = handler({ methods: ["GET"], cors: true }, async (_request, services) => {
  const { publicUrl } = services.config;
  const pages = new Map((await loadPages(publicUrl)).map((page) => [page.name, page]));
  const line = ({ name, title, summary }: Page) => `- [${title}](${publicUrl}/docs/${name}.md): ${summary}`;
  const sections = SECTIONS.map((section) => {
    const lines = section.pages.map((name) => line(pages.get(name) as Page));
    return `## ${section.title}\n\n${lines.join("\n")}\n`;
  });
  const rest = `- [OpenAPI](${publicUrl}/api/docs/openapi): the HTTP API as a document for programs\n`;
  return text(`${INTRODUCTION}\n${sections.join("\n")}\n## Optional\n\n${rest}`, "text/plain");
});

/** `GET /llms-full.txt`: every page in one text. */
export const llmsFull: Handler = handler({ methods: ["GET"], cors: true }, async (_request, services) => {
  const pages = await loadPages(services.config.publicUrl);
  return text(pages.map((page) => page.markdown.trim()).join("\n\n---\n\n"), "text/plain");
});

const INTRODUCTION = `# Avtrz

> A LinkedIn profile in, a real face out: one image address for products, and an MCP server for AI clients.
`;

function text(body: string, type: "text/markdown" | "text/plain"): Response {
  return new Response(body, { headers: { ...HEADERS, "content-type": `${type}; charset=utf-8` } });
}
