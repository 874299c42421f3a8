import { type Identity, trimInvisible, usernameOfSlug } from "./username.ts";

/** Longer than any address with a username and its tracking parameters. */
const MAX_URL_LENGTH = 8_192;

/** What LinkedIn itself hands out; the slow path gives the same answer. */
const PLAIN_URL = /^https:\/\/(?:www\.)?linkedin\.com\/in\/([a-z0-9][a-z0-9-]{2,99})\/?$/;

/** Empty labels are refused ("..linkedin.com"); country, mobile and other subdomains are LinkedIn's own. */
const LINKEDIN_HOST = /^(?:[a-z0-9_-]+\.)*linkedin\.com\.?$/;

/** `name:` is a scheme, unless digits follow: then it is a host with a port. */
const SCHEME = /^[a-z][a-z0-9+.-]*:(?!\d+(?:[/\\?#]|$))/i;

/** A path on linkedin.com without its leading slash, as CRMs keep it. */
const BARE_PATH =
  /^(?:in|pub|m|mwlite|comm|company|school|showcase|sales|talent|recruiter|jobs|feed|groups|pulse|posts|profile)[/\\]/i;

/** The dots that IDNA knows: a text without one before its first slash names no host ("N/A", "janedoe"). */
const HOST_DOT = /^[^/\\?#]*[.\u3002\uFF0E\uFF61]/;

const MOBILE_OR_MAIL_PREFIXES = new Set(["m", "mwlite", "comm"]);

/** Recruiter and Sales Navigator (`cap` is Recruiter's old name): their ids mean nothing outside that account. */
const PRIVATE_PRODUCTS = new Set(["sales", "talent", "recruiter", "cap"]);
const PRIVATE_COMPANY_PAGES = new Set(["company", "companies", "account", "accounts"]);

const INVALID_URL: Identity = Object.freeze({ ok: false, code: "invalid_url" });
const UNSUPPORTED_HOST: Identity = Object.freeze({ ok: false, code: "unsupported_host" });
const UNSUPPORTED_PATH: Identity = Object.freeze({ ok: false, code: "unsupported_path" });
const PRIVATE_PROFILE_URL: Identity = Object.freeze({ ok: false, code: "private_profile_url" });
const INVALID_USERNAME: Identity = Object.freeze({ ok: false, code: "invalid_username" });

/**
 * The person to whom a LinkedIn address leads. The scheme may be missing, and the host too. The address is read
 * as a browser reads it (WHATWG URL) and nothing else is unwrapped: no redirector, no Markdown, no quotes.
 * Never throws, whatever the string.
 */
export function parseLinkedInUrl(text: string): Identity {
  const plain = PLAIN_URL.exec(text)?.[1];
  if (plain !== undefined && plain !== "unavailable" && plain !== "edit") {
    return { ok: true, username: plain, kind: "username" };
  }
  if (text.length > MAX_URL_LENGTH) return INVALID_URL;
  const url = readUrl(trimInvisible(text));
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return INVALID_URL;
  if (url.username !== "" || url.password !== "" || url.port !== "") return INVALID_URL;
  if (!LINKEDIN_HOST.test(url.hostname)) return UNSUPPORTED_HOST;
  return identityOfPath(url.pathname.split("/").filter((segment) => segment !== ""));
}

/** The one address of a canonical username or member URN, as parseLinkedInUrl and parseUsername give it. */
export function canonicalUrl(username: string): string {
  return `https://www.linkedin.com/in/${encodeURIComponent(username)}`;
}

function readUrl(text: string): URL | null {
  const first = text.charAt(0);
  if (first === "/" || first === "\\") return URL.parse(text, "https://www.linkedin.com");
  if (BARE_PATH.test(text)) return URL.parse(`/${text}`, "https://www.linkedin.com");
  if (SCHEME.test(text)) return URL.parse(text);
  return HOST_DOT.test(text) ? URL.parse(`https://${text}`) : null;
}

function identityOfPath(segments: readonly string[]): Identity {
  let at = 0;
  while (MOBILE_OR_MAIL_PREFIXES.has(keywordAt(segments, at))) at++;
  const keyword = keywordAt(segments, at);
  if (keyword === "in") {
    const slug = segments[at + 1];
    return slug === undefined ? UNSUPPORTED_PATH : usernameOfSlug(slug);
  }
  if (keyword === "pub") return identityOfPub(segments.slice(at + 1));
  if (!PRIVATE_PRODUCTS.has(keyword)) return UNSUPPORTED_PATH;
  return PRIVATE_COMPANY_PAGES.has(keywordAt(segments, at + 1)) ? UNSUPPORTED_PATH : PRIVATE_PROFILE_URL;
}

/**
 * /pub/{name}/{a}/{b}/{c}, LinkedIn's public addresses until 2015. The ids live on in today's username as
 * {name}-{c}{b}{a}, c and b padded to three digits (9/159/486 became 4861599; the padding is inferred).
 */
function identityOfPub([name, a, b, c]: readonly string[]): Identity {
  if (name === undefined || a === undefined || b === undefined || c === undefined) return UNSUPPORTED_PATH;
  if (name.toLowerCase() === "dir") return UNSUPPORTED_PATH;
  if (![a, b, c].every((id) => /^[0-9a-f]{1,3}$/i.test(id))) return INVALID_USERNAME;
  return usernameOfSlug(`${name}-${c.padStart(3, "0")}${b.padStart(3, "0")}${a}`);
}

/** A path segment as a keyword: `%69n` is `in` to every server, and case does not matter here. */
function keywordAt(segments: readonly string[], at: number): string {
  const segment = segments[at] ?? "";
  if (!segment.includes("%")) return segment.toLowerCase();
  try {
    return decodeURIComponent(segment).toLowerCase();
  } catch {
    return segment;
  }
}
