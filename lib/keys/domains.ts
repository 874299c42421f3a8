import { AppError } from "#lib/platform/errors";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const PATTERN = new RegExp(`^(\\*\\.)?(?:${LABEL}\\.)*${LABEL}$`);

/**
 * The patterns of a key's list as they are stored: host names, lower case and in ASCII, or `*.` before one.
 * Throws AppError `invalid_domain` naming the entry that is neither.
 */
export function normalizeDomains(entries: readonly string[]): string[] {
  return [...new Set(entries.map(normalizeDomain))];
}

function normalizeDomain(entry: string): string {
  const trimmed = entry.trim().toLowerCase();
  const wildcard = trimmed.startsWith("*.");
  const host = URL.parse(`https://${wildcard ? trimmed.slice(2) : trimmed}`);
  const bare = host && host.pathname === "/" && !host.port && !host.username && !host.search && !host.hash;
  const pattern = bare ? `${wildcard ? "*." : ""}${host.hostname}` : "";
  if (!PATTERN.test(pattern)) throw new AppError("invalid_domain", { fields: { entry: entry.slice(0, 80) } });
  return pattern;
}

/**
 * The host name a browser request came from: Origin, else Referer; undefined when neither is sent or is readable.
 * An opaque origin (`null`) is nobody's, so it is not looked past to the Referer.
 */
export function originDomain(headers: Headers): string | undefined {
  const origin = headers.get("origin") ?? headers.get("referer");
  const url = origin ? URL.parse(origin) : null;
  return url && /^https?:$/.test(url.protocol) && url.hostname ? url.hostname : undefined;
}

/** Whether a request from `domain` may use a key with this list. An empty list allows every request. */
export function isDomainAllowed(allowed: readonly string[], domain: string | undefined): boolean {
  if (allowed.length === 0) return true;
  if (!domain) return false;
  return allowed.some((pattern) => (pattern.startsWith("*.") ? domain.endsWith(pattern.slice(1)) : domain === pattern));
}
