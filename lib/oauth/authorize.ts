import { AppError, isAppError } from "#lib/platform/errors";
import type { OauthClient } from "./client-documents.ts";
import { isRegistered } from "./redirect-uris.ts";
import { findResource, MCP_RESOURCE, type Resource } from "./resources.ts";
import { isScope, type Scope } from "./scopes.ts";

/** A request whose every parameter was checked. */
export type CheckedRequest = {
  client: OauthClient;
  redirectUri: string;
  /** As it came, byte for byte. */
  state: string | null;
  codeChallenge: string;
  scopes: Scope[];
  resource: string;
  /** The client forbids any page (OpenID Connect, 3.1.2.1). */
  silent: boolean;
};

/**
 * `refused`: there is no address that the answer could be trusted to, so the person is told here and never sent on.
 * `answered`: the client is told, at its own checked address.
 */
export type AuthorizeOutcome =
  | { kind: "checked"; request: CheckedRequest }
  | { kind: "refused"; error: AppError }
  | { kind: "answered"; error: AppError; redirectUri: string; state: string | null };

type Known = { publicUrl: string; findClient: (clientId: string) => Promise<OauthClient | null> };

/**
 * The authorization request (OAuth 2.1, 4.1.1), check by check, in the only order that is safe: who asks and where the
 * answer may go first, and everything whose failure the client may be told only after that.
 */
export async function checkAuthorizationRequest(parameters: URLSearchParams, known: Known): Promise<AuthorizeOutcome> {
  let client: OauthClient;
  let redirectUri: string;
  try {
    client = await checkClient(parameters, known);
    redirectUri = checkRedirectUri(parameters, client);
  } catch (error) {
    if (isAppError(error)) return { kind: "refused", error };
    throw error;
  }
  const state = parameters.get("state");
  try {
    for (const check of CHECKS) check(parameters);
    const resource = readResource(parameters, known.publicUrl);
    const request: CheckedRequest = {
      client,
      redirectUri,
      state,
      codeChallenge: parameters.get("code_challenge") as string,
      scopes: readScopes(parameters, resource),
      resource: known.publicUrl + resource.path,
      silent: (parameters.get("prompt") ?? "").split(" ").includes("none"),
    };
    return { kind: "checked", request };
  } catch (error) {
    if (isAppError(error)) return { kind: "answered", error, redirectUri, state };
    throw error;
  }
}

async function checkClient(parameters: URLSearchParams, known: Known): Promise<OauthClient> {
  const [clientId, another] = parameters.getAll("client_id");
  if (!clientId || another !== undefined) throw invalid("client_id must be given once");
  const client = await known.findClient(clientId);
  if (!client) throw new AppError("client_unknown");
  return client;
}

function checkRedirectUri(parameters: URLSearchParams, client: OauthClient): string {
  const [redirectUri, another] = parameters.getAll("redirect_uri");
  if (!redirectUri || another !== undefined) throw invalid("redirect_uri must be given once");
  if (!isRegistered(client.redirectUris, redirectUri)) throw new AppError("redirect_uri_not_registered");
  return redirectUri;
}

/** RFC 7636, 4.2: 43 characters, which is what the BASE64URL of a SHA-256 has. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** In the order in which they are told. */
const CHECKS: readonly ((parameters: URLSearchParams) => void)[] = [
  function nothingTwice(parameters) {
    // RFC 6749, 3.1; RFC 8707, 2 alone allows several resources, and there is one here.
    const twice = [...new Set(parameters.keys())].find(
      (name) => name !== "resource" && parameters.getAll(name).length > 1,
    );
    if (twice !== undefined) throw invalid(`${printable(twice)} was given more than once`);
  },
  function plainState(parameters) {
    // RFC 6749, A.5 has printable ASCII; letters of other alphabets do no harm, and control characters cannot be kept.
    if (/\p{Cc}/u.test(parameters.get("state") ?? "")) throw invalid("state holds control characters");
  },
  function noRequestObject(parameters) {
    if (parameters.has("request") || parameters.has("request_uri")) throw invalid("request objects are not read here");
  },
  function codeAlone(parameters) {
    if (!parameters.get("response_type")) throw invalid("response_type is missing");
    if (parameters.get("response_type") !== "code") throw new AppError("unsupported_response_type");
  },
  function answerInTheQuery(parameters) {
    if ((parameters.get("response_mode") ?? "query") !== "query") throw invalid("response_mode must be query");
  },
  function proofKey(parameters) {
    if (!parameters.get("code_challenge")) throw invalid("code_challenge is missing: PKCE is required");
    if (parameters.get("code_challenge_method") !== "S256") throw invalid("code_challenge_method must be S256");
    if (!CHALLENGE.test(parameters.get("code_challenge") ?? "")) throw invalid("code_challenge is not a SHA-256");
  },
];

/**
 * Those asked for that exist; what the resource needs when none was asked for. Of an avatar's only those that it has, for
 * clients ask for all they have heard of. Throws `invalid_scope` when nothing is left.
 */
function readScopes(parameters: URLSearchParams, resource: Resource): Scope[] {
  const asked = (parameters.get("scope") ?? "").split(" ").filter(Boolean);
  if (asked.length === 0) return [...resource.scopes];
  const own = (scope: Scope) => !resource.personaId || scope === "offline_access" || resource.scopes.includes(scope);
  const granted = [...new Set(asked.filter(isScope))].filter(own);
  // Some clients ask for offline_access alone: they mean what the resource has, and to stay.
  if (granted.length === 1 && granted[0] === "offline_access") return [...resource.scopes, "offline_access"];
  if (granted.length === 0) throw new AppError("invalid_scope", { fields: { scope: printable(asked.join(" ")) } });
  return granted;
}

/** The resource (RFC 8707), of which a request has one; /mcp where none is named. Throws `invalid_target`. */
function readResource(parameters: URLSearchParams, publicUrl: string): Resource {
  let named: Resource | null = null;
  for (const asked of parameters.getAll("resource")) {
    const found = findResource(publicUrl, asked);
    if (!found || (named && named.path !== found.path))
      throw new AppError("invalid_target", { fields: { resource: printable(asked) } });
    named = found;
  }
  return named ?? MCP_RESOURCE;
}

/** Throws AppError `invalid_target` unless it is the resource that this server has. */
export function requireResource(asked: string, resource: string): void {
  if (asked !== resource && asked !== `${resource}/`)
    throw new AppError("invalid_target", { fields: { resource: printable(asked) } });
}

function invalid(problem: string): AppError {
  return new AppError("invalid_request", { fields: { problem } });
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 200);
}
