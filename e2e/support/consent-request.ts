import { createHash, randomBytes } from "node:crypto";

export type AskOptions = { redirectUri: string; name?: string; clientId?: string; state?: string };
export type Asked = { address: string; clientId: string; verifier: string; redirectUri: string };

/** Registers a client with a running installation and makes the address it would send a person to. */
export async function askForConsent(origin: string, options: AskOptions): Promise<Asked> {
  const { redirectUri, name = "A client", state = "a state" } = options;
  const clientId = options.clientId ?? (await register(origin, name, redirectUri));
  const verifier = randomBytes(32).toString("base64url");
  const parameters = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    resource: `${origin}/mcp`,
    state,
  });
  return { address: `${origin}/oauth/authorize?${parameters}`, clientId, verifier, redirectUri };
}

/** What the token endpoint answers to a code. */
export function exchangeCode(origin: string, asked: Asked, code: string): Promise<Response> {
  return fetch(`${origin}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: asked.clientId,
      code,
      code_verifier: asked.verifier,
      redirect_uri: asked.redirectUri,
    }),
  });
}

async function register(origin: string, name: string, redirectUri: string): Promise<string> {
  const answer = await fetch(`${origin}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: name, redirect_uris: [redirectUri], token_endpoint_auth_method: "none" }),
  });
  if (answer.status !== 201) throw new Error(`registration answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { client_id: string }).client_id;
}
