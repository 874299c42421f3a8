/** What pages carry. */
const FOR_PAGES = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
} as const;

/** For bodies that are data: nothing in them may load or run, even when opened as a page. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** What every answer of a handler carries, whichever server sends it: pictures and documents, never pages. */
export function addSecurityHeaders(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  // A handler that answers with a page has set what that page needs.
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", DATA_POLICY);
}

// Next's own inline scripts carry its data; nothing else may load, frame or submit anywhere.
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * The consent screen's: without `form-action`, which its own `<meta>` sets to exactly where this request's answer may
 * go. Browsers apply `form-action` to the redirect after a POST too, and a header here cannot know the address.
 * The referrer policy is `same-origin`: under `no-referrer` browsers send a form with `Origin: null`, which is refused.
 */
export const CONSENT_HEADERS: readonly { key: string; value: string }[] = [
  { key: "content-security-policy", value: PAGE_POLICY.replace("form-action 'self'; ", "") },
  // Not `no-referrer`: the form's own POST would then say `Origin: null`, as one from a hostile frame does.
  { key: "referrer-policy", value: "same-origin" },
  { key: "cache-control", value: "private, no-store" },
];

/** What pages carry, in the form of next.config's `headers`. */
export const PAGE_HEADERS: readonly { key: string; value: string }[] = [
  ...Object.entries(FOR_PAGES).map(([key, value]) => ({ key, value })),
  { key: "content-security-policy", value: PAGE_POLICY },
];

/** The sign-in page's form ends at a provider, and browsers hold a form to its policy through every redirect. */
export const SIGN_IN_HEADERS: readonly { key: string; value: string }[] = [
  {
    key: "content-security-policy",
    value: PAGE_POLICY.replace(
      "form-action 'self'",
      "form-action 'self' https://accounts.google.com https://github.com https://www.linkedin.com",
    ),
  },
];
