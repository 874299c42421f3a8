import type { Message } from "#lib/platform/mail";
import { escapeHtml } from "./plain.ts";

/** What a mail says: paragraphs, one thing to do, and what it was sent for. All of it is text. */
export type Parts = {
  to: string;
  subject: string;
  paragraphs: readonly string[];
  action: { label: string; url: string };
  /** Why it came, and what to do if it should not have. */
  closing: string;
  /** Tells a mail that is sent again from another one. */
  id?: string;
};

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;background:#fafaf9;color:#1c1b19;font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:34rem;margin:0 auto;padding:2rem 1.25rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.action{display:inline-block;padding:.625rem 1rem;border-radius:.5rem;background:#0f5f57;color:#ffffff;font-weight:600;text-decoration:none}
.quiet{color:#66635c;font-size:.875rem}
@media (prefers-color-scheme:dark){
body{background:#141413;color:#f1f0ec}
.action{background:#4fb3a5;color:#0c1f1c}
.quiet{color:#a5a299}
}`.trim();

/** The mail in both forms: plain text, and one column of HTML that loads nothing and follows the reader's colours. */
export function compose({ to, subject, paragraphs, action, closing, id }: Parts): Message {
  const text = [...paragraphs, action.url, closing].join("\n\n");
  const paragraph = (content: string, look = "") => `<p${look}>${content}</p>`;
  const url = escapeHtml(action.url);
  const body = [
    ...paragraphs.map((one) => paragraph(escapeHtml(one))),
    paragraph(`<a class="action" href="${url}">${escapeHtml(action.label)}</a>`),
    paragraph(url, ' class="quiet"'),
    paragraph(escapeHtml(closing), ' class="quiet"'),
  ];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
  return { to, subject, text: `${text}\n`, html, ...(id ? { id } : {}) };
}
