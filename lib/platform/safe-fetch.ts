import { AppError } from "./errors.ts";
import { connect, type Network, systemNetwork, type Target } from "./safe-fetch/connection.ts";
import { exchange, type HopAnswer } from "./safe-fetch/exchange.ts";
import { OutboundError } from "./safe-fetch/failure.ts";
import { type Lifetime, startLifetime } from "./safe-fetch/lifetime.ts";

export type { Network } from "./safe-fetch/connection.ts";
export { isOutboundError, type OutboundFailureKind } from "./safe-fetch/failure.ts";

const DEFAULT_MAX_REDIRECTS = 3;
const DEFAULT_MAX_BYTES = 5 * 1024 * 1024;

/** All that another origin than the one the caller meant gets to see: providers name their keys as they like. */
const HARMLESS_HEADERS = ["accept", "accept-encoding", "accept-language", "user-agent"];
/** Cookies are never sent; the host is the address's, or a check of the address would mean nothing. */
const FORBIDDEN_HEADERS = ["cookie", "host"];

export type SafeFetchOptions = {
  /** One budget for DNS, connection, TLS, redirects and the last byte: milliseconds, or a signal (60 s at most). */
  readonly deadline: AbortSignal | number;
  /** Default GET. Only GET and HEAD follow redirects; any other method gets the 3xx as its answer. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Cap on the body, as sent and as decoded. Default 5 MB. */
  readonly maxBytes?: number;
  /** How many redirects to follow. Default 3. */
  readonly maxRedirects?: number;
  /** The Accept header. What really came must be judged from the bytes. */
  readonly accept?: string;
};

export type SafeFetchResponse = {
  /** Any status: an error status is an answer, not a failure. */
  readonly status: number;
  /** Without Set-Cookie. */
  readonly headers: Headers;
  /** The body, decoded. */
  readonly bytes: Uint8Array;
  /** Where the answer came from in the end. */
  readonly url: string;
};

/**
 * Fetches from the public internet over https, or from a private host:port that the operator named.
 * @throws OutboundError
 */
export type SafeFetch = (url: string | URL, options: SafeFetchOptions) => Promise<SafeFetchResponse>;

export type Outbound = {
  readonly fetch: SafeFetch;
  /** Requests under way, each with one socket at most. */
  inFlight(): number;
  /** Aborts what is under way, and everything asked for later; resolves when nothing is under way. */
  close(): Promise<void>;
};

/**
 * The only place from which this project sends requests. Proxies named by the environment are not used: behind one,
 * nothing here could tell where a request ends up.
 * @param options.allowPrivateHosts `host:port` each (IPv6 in brackets): these may be private, and plain http
 * @param options.lookup, options.dial stand-ins for DNS and TCP, for tests
 * @throws AppError invalid_configuration
 */
export function createSafeFetch(
  options: { readonly allowPrivateHosts: readonly string[] } & Partial<Network>,
): Outbound {
  const network = { ...systemNetwork, ...options };
  const allowed = new Set(options.allowPrivateHosts.map(hostAndPort));
  const closing = new AbortController();
  const running = new Set<Promise<SafeFetchResponse>>();

  const fetch: SafeFetch = (url, request) => {
    const work = fetchWithin(url, request, startLifetime(request.deadline, closing.signal), network, allowed);
    running.add(work);
    return work.finally(() => running.delete(work));
  };

  return {
    fetch,
    inFlight: () => running.size,
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

async function fetchWithin(
  start: string | URL,
  options: SafeFetchOptions,
  lifetime: Lifetime,
  network: Network,
  allowed: ReadonlySet<string>,
): Promise<SafeFetchResponse> {
  let host = "";
  try {
    let url = parse(start);
    host = url.host;
    let headers = requestHeaders(options, host);
    for (let redirects = 0; ; redirects++) {
      const target = admit(url, allowed);
      const { location, ...answer } = await hop(target, headers, options, network, lifetime.signal);
      if (location === undefined) return { ...answer, url: url.href };
      if (redirects === (options.maxRedirects ?? DEFAULT_MAX_REDIRECTS))
        throw new OutboundError("too_many_redirects", host);

      const next = parse(location, url);
      host = next.host;
      if (url.protocol === "https:" && next.protocol !== "https:") throw new OutboundError("refused_scheme", host);
      // Once dropped they stay dropped, also when a later hop leads back.
      if (next.origin !== url.origin) headers = only(HARMLESS_HEADERS, headers);
      url = next;
    }
  } catch (error) {
    const ended = lifetime.ended();
    throw ended ? new OutboundError(ended, host) : error;
  } finally {
    lifetime.release();
  }
}

async function hop(
  target: Target,
  headers: Headers,
  { method = "GET", body, maxBytes = DEFAULT_MAX_BYTES }: SafeFetchOptions,
  network: Network,
  signal: AbortSignal,
): Promise<HopAnswer> {
  const socket = await connect(target, network, signal);
  return exchange(socket, { url: target.url, method, headers, body, maxBytes }, signal);
}

/** Runs for each hop anew: a redirect gets no more trust than the first address. */
function admit(url: URL, allowed: ReadonlySet<string>): Target {
  const isHttp = url.protocol === "http:";
  if (!isHttp && url.protocol !== "https:") throw new OutboundError("refused_scheme", url.host);
  const port = url.port === "" ? (isHttp ? 80 : 443) : Number(url.port);
  const privateAllowed = allowed.has(`${url.hostname}:${port}`);
  if (isHttp && !privateAllowed) throw new OutboundError("refused_scheme", url.host);
  return { url, port, privateAllowed };
}

/** Also what turns every spelling of an IPv4 literal (`0x7f.1`, `2130706433`, `127.1`) into the one that is checked. */
function parse(address: string | URL, base?: URL): URL {
  const url = URL.parse(address, base);
  if (url === null) throw new OutboundError("refused_address", base?.host ?? "");
  url.username = "";
  url.password = "";
  return url;
}

function requestHeaders({ headers = {}, accept = "*/*" }: SafeFetchOptions, host: string): Headers {
  const all = new Headers({ accept, "accept-encoding": "gzip, br", "user-agent": "avtrz" });
  for (const [name, value] of Object.entries(headers)) {
    try {
      all.set(name, value);
    } catch {
      // The platform's own error would quote the value, which may be a key with a line break at its end.
      throw new OutboundError("network", host, "INVALID_HEADER");
    }
  }
  for (const name of FORBIDDEN_HEADERS) all.delete(name);
  return all;
}

function only(names: readonly string[], headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => names.includes(name)));
}

function hostAndPort(entry: string): string {
  const url = URL.parse(`http://${entry.trim()}`);
  const port = /:(\d{1,5})$/.exec(entry.trim())?.[1];
  if (url === null || port === undefined || url.href !== `${url.origin}/`) {
    const problem = `AVTRZ_ALLOW_PRIVATE_HOSTS must be host:port entries, and "${entry}" is not one.`;
    throw new AppError("invalid_configuration", { fields: { problem } });
  }
  return `${url.hostname}:${Number(port)}`;
}
