/** What every answer of ours carries, whichever server sends it. A handler's own header wins. */
const COMMON = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
} as const;

/** For bodies that are data: nothing in them may load or run, even when opened as a page. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

export function addSecurityHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(COMMON)) {
    if (!headers.has(name)) headers.set(name, value);
  }
}

// Next's own inline scripts carry its data; nothing else may load, frame or submit anywhere.
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The same for pages, in the form of next.config's `headers`. */
export const PAGE_HEADERS: readonly { key: string; value: string }[] = [
  ...Object.entries(COMMON).map(([key, value]) => ({ key, value })),
  { key: "content-security-policy", value: PAGE_POLICY },
];
