import { z } from "zod";
import { classifyRedirectUri } from "./redirect-uris.ts";

/** What a client says of itself, as far as it is used here; everything else in it is ignored (RFC 7591, 2). */
export const ClientMetadata = z.object({
  redirect_uris: z.array(z.string()).min(1, "redirect_uris is empty").max(20, "redirect_uris has more than 20 entries"),
  client_name: z.string().optional().catch(undefined),
  client_uri: z.string().optional().catch(undefined),
});

export type RedirectUris = { ok: true; usable: string[]; dropped: string[] } | { ok: false; problem: string };

const MAX_NAME = 80;

/**
 * The redirect addresses that can be used. One that is merely unusual is left out, since clients register several kinds
 * at once; one whose scheme would run in the browser spoils the whole registration.
 */
export function usableRedirectUris(uris: readonly string[]): RedirectUris {
  const usable: string[] = [];
  const problems: string[] = [];
  for (const uri of new Set(uris)) {
    const verdict = classifyRedirectUri(uri);
    if (verdict.ok) usable.push(uri);
    else if (verdict.dangerous) return { ok: false, problem: `${printable(uri)}: ${verdict.problem}` };
    else problems.push(`${printable(uri)}: ${verdict.problem}`);
  }
  if (usable.length === 0) return { ok: false, problem: problems[0] ?? "there is none" };
  return { ok: true, usable, dropped: problems };
}

/** A name as a page may show it: one line, no characters that turn the text around or hide it; null when nothing is left. */
export function cleanName(name: string | undefined): string | null {
  const text = (name ?? "")
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
  return [...text].slice(0, MAX_NAME).join("").trim() || null;
}

/** A page of the client's makers, if it is one that a link may lead to. */
export function cleanUri(uri: string | undefined): string | null {
  const url = uri && uri.length <= 2_000 ? URL.parse(uri) : null;
  return url?.protocol === "https:" && !url.username ? url.href : null;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
