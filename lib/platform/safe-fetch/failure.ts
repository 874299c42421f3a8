/** Each way in which an outbound request can fail, with its fixed sentence. */
const SENTENCES = {
  refused_address: "is not a public address, or not an address at all",
  refused_scheme: "would have to be reached without https",
  too_many_redirects: "redirected too often",
  too_large: "sent more bytes than allowed",
  timeout: "did not answer in time",
  dns: "could not be resolved",
  tls: "could not be reached securely",
  network: "broke the exchange off, or does not speak HTTP",
  aborted: "was no longer asked",
} as const;

export type OutboundFailureKind = keyof typeof SENTENCES;

/**
 * A failed outbound request. Its message is fixed text and the host alone: a path or a query can carry a key, and a
 * cause's message can carry either, so neither is kept. `code` is Node's or undici's own (`ENOTFOUND`,
 * `CERT_HAS_EXPIRED`). Recognise one with isOutboundError, not instanceof: server.ts and Next load this module twice.
 */
export class OutboundError extends Error {
  readonly outboundError = true;
  readonly kind: OutboundFailureKind;
  /** `host` or `host:port` as the address had it; empty if there was none. */
  readonly host: string;
  readonly code: string | undefined;

  constructor(kind: OutboundFailureKind, host: string, code?: string) {
    super(`${host || "The address"} ${SENTENCES[kind]}${code ? ` (${code})` : ""}.`);
    this.name = "OutboundError";
    this.kind = kind;
    this.host = host;
    this.code = code;
  }
}

export function isOutboundError(value: unknown): value is OutboundError {
  return value instanceof Error && "outboundError" in value && value.outboundError === true;
}

/** The machine-readable code of an error of Node or undici; a failed race of addresses has those of its members. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}
