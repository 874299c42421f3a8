/**
 * Where an authorization response may go (OAuth 2.1, 2.3; RFC 8252, 7). An address is compared byte by byte with what
 * the client registered; of a loopback address only the port may differ, since an app takes whichever is free.
 */

export type RedirectKind = "https" | "loopback" | "app";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const MAX_LENGTH = 2_000;
/** These run or read something in the browser, or lead where no app of the person's own waits. */
const DANGEROUS = /^(javascript|data|vbscript|file|filesystem|blob|about|view-source|jar|content|chrome|resource):/i;
const NOT_AN_APP = /^(ws|wss|ftp|ftps|mailto|tel|sms|ldap|gopher|localhost|urn|http|https):/i;

/** What kind of address a client may register this as, or why it may not. `dangerous` ones spoil a whole registration. */
export function classifyRedirectUri(
  text: string,
): { ok: true; kind: RedirectKind } | { ok: false; problem: string; dangerous: boolean } {
  const refuse = (problem: string, dangerous = false) => ({ ok: false, problem, dangerous }) as const;
  // Browsers drop leading control characters and blanks, tabs and newlines anywhere, before they read the scheme.
  const asBrowsersReadIt = [...text].filter((character) => character > " ").join("");
  if (DANGEROUS.test(asBrowsersReadIt)) return refuse("its scheme runs in the browser", true);
  if (text.length > MAX_LENGTH) return refuse(`it is longer than ${MAX_LENGTH} characters`);
  if (!/^[!-~]+$/.test(text) || text.includes("\\")) return refuse("it holds characters that addresses cannot have");
  const url = URL.parse(text);
  if (!url) return refuse("it is not an absolute address");
  if (text.includes("#")) return refuse("it has a fragment");
  if (url.username || url.password || /^[^/]*\/\/[^/?#]*@/.test(text)) return refuse("it has user information");
  // What a parser would rewrite (dot segments, escapes, capitals in the host) can be read in two ways.
  if (url.href !== text && url.href !== `${text}/`) return refuse("it is not in its normal form");
  if (url.protocol === "https:") return { ok: true, kind: "https" };
  if (url.protocol === "http:") {
    return LOOPBACK.has(url.hostname) ? { ok: true, kind: "loopback" } : refuse("http is for this computer alone");
  }
  // RFC 8252, 7.1: an app's own scheme is followed by a path, with or without a host before it.
  if (NOT_AN_APP.test(text) || !/^[a-z][a-z0-9+.-]*:\//.test(text)) return refuse("its scheme is not an app's own");
  return { ok: true, kind: "app" };
}

/** Whether a client that registered these may have its answer sent to `given`. */
export function isRegistered(registered: readonly string[], given: string): boolean {
  const classified = classifyRedirectUri(given);
  if (!classified.ok) return false;
  if (registered.includes(given)) return true;
  if (classified.kind !== "loopback") return false;
  const portless = withoutPort(given);
  return registered.some((one) => {
    const known = classifyRedirectUri(one);
    return known.ok && known.kind === "loopback" && withoutPort(one) === portless;
  });
}

function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:\[::1\]|[^:/?]+)):\d+/, "$1");
}

/** Where the browser will go, for people: a host, `this computer (127.0.0.1:33418)`, or an app's scheme (`cursor:`). */
export function describeRedirect(uri: string): { kind: RedirectKind; host: string } {
  const url = new URL(uri);
  if (url.protocol === "https:") return { kind: "https", host: url.host };
  if (url.protocol === "http:") return { kind: "loopback", host: url.host };
  return { kind: "app", host: url.protocol };
}

/**
 * The source that a page's `form-action` must list for the browser to follow the answer to `uri`. Host sources cannot
 * say an IPv6 address, so that one gets its scheme.
 */
export function formActionSource(uri: string): string {
  const url = new URL(uri);
  const spoken = (url.protocol === "https:" || url.protocol === "http:") && !url.hostname.startsWith("[");
  return spoken ? url.origin : url.protocol;
}

/** `uri` with the parameters of an authorization response; a parameter of the same name that it carried is replaced. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string | null | undefined>>): string {
  const names = new Set(Object.keys(parameters));
  const mark = uri.indexOf("?");
  const base = mark === -1 ? uri : uri.slice(0, mark);
  // What the client registered keeps its own spelling: it may compare it.
  const kept = (mark === -1 ? "" : uri.slice(mark + 1))
    .split("&")
    .filter((pair) => pair !== "" && !names.has([...new URLSearchParams(pair).keys()][0] ?? ""));
  const added = Object.entries(parameters).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${base}?${[...kept, ...added].join("&")}`;
}
