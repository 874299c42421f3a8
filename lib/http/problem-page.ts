import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import { type Failure, logFailure } from "./handler.ts";

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What a page of a failure says besides the failure: `heading` what did not happen, `back` where to try again. */
export type ProblemPage = { title: string; heading: string; back?: { href: string; words: string } };

/** A handler's failures as a page for the person at the browser: what was wrong, and what to do. */
export function pageFailure(saysOf: (request: Request) => ProblemPage): Failure {
  return (request, services, requestId, thrown) => {
    const error = isAppError(thrown) ? thrown : new AppError("internal", { cause: thrown });
    const { status, cure } = CATALOG[error.code];
    if (status >= 500) logFailure(services, requestId, error);
    const headers = new Headers({ ...HEADERS, "content-security-policy": POLICY, "x-error-code": error.code });
    if (error.retryAfterSeconds !== undefined) headers.set("retry-after", String(error.retryAfterSeconds));
    const allow = error.fields["allow"];
    if (status === 405 && allow) headers.set("allow", allow);
    // Nobody authenticates on a page: 401 would promise a challenge.
    const shown = status === 401 ? 400 : status;
    return new Response(page(error.message, cure, requestId, saysOf(request)), { status: shown, headers });
  };
}

function page(sentence: string, cure: string, requestId: string, { title, heading, back }: ProblemPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${asText(title)} – Avtrz</title>
<style>
:root { color-scheme: light dark; --ink: #1c1b19; --quiet: #66635c; --ground: #fafaf9; --card: #fff; --line: #e4e3df; --accent: #0f5f57; }
@media (prefers-color-scheme: dark) { :root { --ink: #f1f0ec; --quiet: #a5a299; --ground: #141413; --card: #1d1d1b; --line: #33322f; --accent: #4fb3a5; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; width: min(28rem, calc(100vw - 2rem)); padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
small { color: var(--quiet); font-size: 0.8125rem; }
</style>
</head>
<body>
<main>
<h1>${asText(heading)}</h1>
<p>${asText(sentence)}</p>
<p>${asText(cure)}</p>
${back ? `<p><a href="${asText(back.href)}">${asText(back.words)}</a></p>\n` : ""}<small>Request ${asText(requestId)}</small>
</main>
</body>
</html>
`;
}

function asText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
