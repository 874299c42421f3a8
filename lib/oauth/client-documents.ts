import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError, isAppError } from "#lib/platform/errors";
import type { Log } from "#lib/platform/log";
import { isOutboundError, type SafeFetch } from "#lib/platform/safe-fetch";
import { ClientMetadata, cleanName, cleanUri, usableRedirectUris } from "./client-metadata.ts";
import { PINNED_DOCUMENTS } from "./pinned-documents.ts";

/** A client as the checks and the consent screen need it. */
export type OauthClient = {
  id: string;
  kind: "registered" | "document";
  name: string | null;
  clientUri: string | null;
  redirectUris: readonly string[];
};

const MAX_BYTES = 64 * 1024;
const DEADLINE_MS = 5_000;
const MIN_FRESH_MS = 5 * 60_000;
const MAX_FRESH_MS = 24 * 3_600_000;
const REMEMBER_FAILURE_MS = 30_000;
/** Those who wait for slow hosts must not keep others from documents of which there is a copy. */
const MAX_FETCHES = 50;

/** Whether a client_id is the address of a metadata document (draft-ietf-oauth-client-id-metadata-document, 3). */
export function isDocumentAddress(clientId: string): boolean {
  if (!clientId.startsWith("https://") || clientId.length > 2_000) return false;
  const url = URL.parse(clientId);
  // Its normal form alone: the id is compared as a string, so there must not be two ways to write it.
  return (
    url !== null &&
    url.href === clientId &&
    url.pathname !== "/" &&
    !clientId.includes("#") &&
    // Of other ports nobody publishes documents, and scanners ask for them.
    !url.port &&
    !url.username &&
    !url.password
  );
}

/**
 * Clients by the address of their metadata document. A copy is kept as long as its headers say (5 minutes to 24 hours);
 * when the document cannot be fetched the last good copy serves, then a pinned one. Requests for one client that come
 * together share one fetch, and a failure is believed for 30 seconds.
 */
export function createClientDocuments(options: { db: Database; clock: Clock; fetch: SafeFetch; log: Log }) {
  const { db, clock, fetch, log } = options;
  const loading = new Map<string, Promise<OauthClient>>();
  const failed = new Map<string, { error: AppError; until: number }>();
  let fetching = 0;

  async function load(clientId: string): Promise<OauthClient> {
    const kept = await read(clientId);
    if (kept && kept.staleAt > clock.now()) return kept.client;
    try {
      return await refresh(clientId);
    } catch (error) {
      // A document that says something wrong is its makers' word; one that cannot be reached is only silence.
      const silence = isAppError(error) && error.code === "client_document_unavailable";
      const copy = silence ? (kept?.client ?? pinned(clientId)) : undefined;
      if (!copy) throw error;
      log.warn({ err: error, client: clientId }, "a client's metadata document cannot be read; an older copy serves");
      return copy;
    }
  }

  async function refresh(clientId: string): Promise<OauthClient> {
    const earlier = failed.get(clientId);
    if (earlier && earlier.until > clock.now()) throw earlier.error;
    failed.delete(clientId);
    if (fetching >= MAX_FETCHES) unavailable("too many documents are being read at this moment");
    try {
      fetching++;
      const { client, freshMs } = await fetchDocument(clientId).finally(() => fetching--);
      const now = clock.now();
      await db.query(
        `insert into oauth_client (id, kind, name, client_uri, redirect_uris, created_at, fetched_at, stale_at)
         values ($1, 'document', $2, $3, $4, $5, $5, $6)
         on conflict (id) do update set name = excluded.name, client_uri = excluded.client_uri,
           redirect_uris = excluded.redirect_uris, fetched_at = excluded.fetched_at, stale_at = excluded.stale_at`,
        [client.id, client.name, client.clientUri, client.redirectUris, new Date(now), new Date(now + freshMs)],
      );
      return client;
    } catch (error) {
      if (isAppError(error) && error.code !== "database_unavailable") {
        if (failed.size >= 1_000) failed.clear();
        failed.set(clientId, { error, until: clock.now() + REMEMBER_FAILURE_MS });
      }
      throw error;
    }
  }

  async function fetchDocument(clientId: string): Promise<{ client: OauthClient; freshMs: number }> {
    const answer = await fetch(clientId, {
      accept: "application/json",
      maxBytes: MAX_BYTES,
      maxRedirects: 0,
      deadline: DEADLINE_MS,
    }).catch((error) => {
      if (!isOutboundError(error)) throw error;
      return unavailable(error.message.replace(/\.$/, ""), error);
    });
    if (answer.status !== 200) unavailable(`it answered with status ${answer.status}`);
    const type = answer.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    // A page that asks whether we are a robot, more often than a document.
    if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) unavailable("it answered with something else than JSON");
    return { client: readDocument(clientId, answer.bytes), freshMs: freshness(answer.headers) };
  }

  async function read(clientId: string): Promise<{ client: OauthClient; staleAt: number } | null> {
    const [row] = await db.query<OauthClient & { staleAt: Date | null }>(
      `select id, kind, name, client_uri as "clientUri", redirect_uris as "redirectUris", stale_at as "staleAt"
       from oauth_client where id = $1 and kind = 'document'`,
      [clientId],
    );
    if (!row) return null;
    const { staleAt, ...client } = row;
    return { client, staleAt: staleAt?.getTime() ?? 0 };
  }

  /** Throws AppError `client_document_unavailable` or `client_document_invalid`. */
  return async function find(clientId: string): Promise<OauthClient> {
    const under = loading.get(clientId);
    if (under) return under;
    const work = load(clientId).finally(() => loading.delete(clientId));
    loading.set(clientId, work);
    return work;
  };
}

/** The document's client, if it says nothing that forbids using it. Throws AppError `client_document_invalid`. */
export function readDocument(clientId: string, bytes: Uint8Array): OauthClient {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return invalid("it is not JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return invalid("it is not a JSON object");
  const document = json as Record<string, unknown>;
  // Compared as strings: `https://a/b` and `https://A:443/b` are two clients.
  if (document["client_id"] !== clientId) return invalid("its client_id is not its own address");
  if ("client_secret" in document) return invalid("it holds a client secret, which everybody can read");
  if (hasPrivateKey(document["jwks"])) return invalid("it holds a private key, which everybody can read");
  if (!authenticatesWithNone(document)) return invalid("its client must use token_endpoint_auth_method none");
  const metadata = ClientMetadata.safeParse(document);
  if (!metadata.success) return invalid(metadata.error.issues[0]?.message ?? "its redirect_uris are missing");
  const redirects = usableRedirectUris(metadata.data.redirect_uris);
  if (!redirects.ok) return invalid(redirects.problem);
  return {
    id: clientId,
    kind: "document",
    name: cleanName(metadata.data.client_name),
    clientUri: cleanUri(metadata.data.client_uri),
    redirectUris: redirects.usable,
  };
}

/**
 * Some list several methods and prefer another: `none` among them is enough. No word of it at all is `none` here. A
 * secret shared with everybody who can read the document is refused whatever stands beside it.
 */
function authenticatesWithNone(document: Record<string, unknown>): boolean {
  const supported = document["token_endpoint_auth_methods_supported"];
  const method = document["token_endpoint_auth_method"];
  if (String(method).startsWith("client_secret_")) return false;
  if (Array.isArray(supported)) return supported.includes("none");
  return method === undefined || method === "none";
}

function hasPrivateKey(jwks: unknown): boolean {
  const keys = typeof jwks === "object" && jwks !== null && "keys" in jwks ? jwks.keys : [];
  return (
    Array.isArray(keys) &&
    keys.some((key) => typeof key === "object" && key !== null && ["d", "p", "q", "k"].some((member) => member in key))
  );
}

function freshness(headers: Headers): number {
  const control = headers.get("cache-control") ?? "";
  const seconds = /no-store|no-cache/i.test(control) ? 0 : Number(/max-age=(\d{1,9})/i.exec(control)?.[1] ?? 3_600);
  return Math.min(MAX_FRESH_MS, Math.max(MIN_FRESH_MS, seconds * 1_000));
}

function pinned(clientId: string): OauthClient | undefined {
  const known = Object.hasOwn(PINNED_DOCUMENTS, clientId) ? PINNED_DOCUMENTS[clientId] : undefined;
  return known && { id: clientId, kind: "document", clientUri: null, ...known };
}

function unavailable(problem: string, cause?: unknown): never {
  throw new AppError("client_document_unavailable", { fields: { problem }, retryAfterSeconds: 30, cause });
}

function invalid(problem: string): never {
  throw new AppError("client_document_invalid", { fields: { problem } });
}
