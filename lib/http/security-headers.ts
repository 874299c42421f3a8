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
  headers.set("content-security-policy", DATA_POLICY);
}

// Next's own inline scripts carry its data; nothing else may load, frame or submit anywhere.
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** What pages carry, in the form of next.config's `headers`. */
export const PAGE_HEADERS: readonly { key: string; value: string }[] = [
  ...Object.entries(FOR_PAGES).map(([key, value]) => ({ key, value })),
  { key: "content-security-policy", value: PAGE_POLICY },
];
