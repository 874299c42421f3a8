import { createHash, randomBytes } from "node:crypto";
import { consentPurpose } from "../../lib/http/index.ts";
import type { Services } from "../../lib/services.ts";
import { form, type Person } from "./person.ts";
import { send } from "./services.ts";

export const REDIRECT = "https://client.example/callback";

export type Pkce = { verifier: string; challenge: string };

export function pkce(verifier = randomBytes(32).toString("base64url")): Pkce {
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** Registers a client and returns its id. */
export async function registerClient(services: Services, redirectUris: string[] = [REDIRECT], name = "A client") {
  const answer = await send(services, "/oauth/register", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: redirectUris, client_name: name }),
  });
  if (answer.status !== 201) throw new Error(`registration answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { client_id: string }).client_id;
}

/** The parameters of a request that is right in everything. */
export function authorizationParameters(
  services: Services,
  clientId: string,
  { challenge }: Pkce,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT,
    code_challenge: challenge,
    code_challenge_method: "S256",
    state: "a state",
    resource: services.oauth.mcpResource,
    scope: "avatars:read profiles:read keys:read",
    ...more,
  };
}

export function authorize(
  services: Services,
  parameters: Record<string, string> | URLSearchParams | [string, string][],
  who?: Person,
): Promise<Response> {
  return send(services, `/oauth/authorize?${new URLSearchParams(parameters)}`, {
    headers: who ? { cookie: who.cookie } : {},
  });
}

/** The id of the request that an answer of `authorize` leads to. */
export function requestIdOf(answer: Response): string {
  const id = /^\/oauth\/authorize\/(areq_\w+)$/.exec(answer.headers.get("location") ?? "")?.[1];
  if (!id) throw new Error(`no consent screen: ${answer.status} ${answer.headers.get("location")}`);
  return id;
}

export function decide(
  services: Services,
  who: Person,
  requestId: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return send(services, `/oauth/authorize/decision?request=${requestId}`, {
    method: "POST",
    headers: { cookie: who.cookie, "content-type": "application/x-www-form-urlencoded", ...headers },
    body: form(services, who, consentPurpose(requestId), fields).toString(),
  });
}

export function requestToken(services: Services, fields: Record<string, string>): Promise<Response> {
  return send(services, "/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });
}

export type Granted = { clientId: string; code: string; verifier: string; organizationId: string };

/** A code for a client that this person has just let in. */
export async function grantCode(
  services: Services,
  who: Person,
  organizationId: string,
  options: { clientId?: string; parameters?: Record<string, string> } = {},
): Promise<Granted> {
  const clientId = options.clientId ?? (await registerClient(services));
  const proof = pkce();
  const answer = await authorize(services, authorizationParameters(services, clientId, proof, options.parameters), who);
  const decided = await decide(services, who, requestIdOf(answer), { decision: "allow", organization: organizationId });
  const code = new URL(decided.headers.get("location") ?? "").searchParams.get("code");
  if (!code) throw new Error(`no code: ${decided.status} ${decided.headers.get("location")}`);
  return { clientId, code, verifier: proof.verifier, organizationId };
}

export type Tokens = { access_token: string; refresh_token: string; scope: string; expires_in: number };

export function exchange(services: Services, granted: Granted, more: Record<string, string> = {}): Promise<Response> {
  const { clientId, code, verifier } = granted;
  return requestToken(services, {
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: REDIRECT,
    ...more,
  });
}

/** Tokens of a connection that this person has just made. */
export async function grantTokens(
  services: Services,
  who: Person,
  organizationId: string,
): Promise<Tokens & { clientId: string }> {
  const granted = await grantCode(services, who, organizationId);
  const answer = await exchange(services, granted);
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${await answer.text()}`);
  return { ...((await answer.json()) as Tokens), clientId: granted.clientId };
}
