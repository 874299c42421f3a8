import { createSign, generateKeyPairSync } from "node:crypto";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished, vi } from "vitest";

/** Who is signed in at every provider. */
export type Identity = { id: string; name: string; email?: string; verified?: boolean };

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ISSUERS: Readonly<Record<string, string>> = {
  "accounts.google.com": "https://accounts.google.com",
  "www.linkedin.com": "https://www.linkedin.com/oauth",
};
export const CLIENT = { clientId: "a-client", clientSecret: "its secret" };

/**
 * Stands in for Google, LinkedIn and GitHub until the test ends: whatever would go to them over https is answered from
 * here. `who` may be changed between sign-ins. Returns the parameters that were sent to token endpoints.
 */
export async function standInForProviders(who: Identity): Promise<{ exchanges: URLSearchParams[] }> {
  const exchanges: URLSearchParams[] = [];
  const server = http.createServer((request, response) => answer(request, response, who, exchanges));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const request = vi.spyOn(https, "request").mockImplementation(((address: string, options: http.RequestOptions) => {
    const { host, pathname, search } = new URL(address);
    const headers = { ...options.headers, "x-host": host };
    return http.request(`http://127.0.0.1:${port}${pathname}${search}`, { ...options, headers });
  }) as typeof https.request);
  const realFetch = globalThis.fetch;
  const fetching = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) =>
    String(input) === "https://api.github.com/user/emails"
      ? Response.json([
          { email: "old@example.com", primary: false, verified: true },
          { email: who.email, primary: true, verified: who.verified === true },
        ])
      : realFetch(input, init),
  );
  onTestFinished(() => {
    request.mockRestore();
    fetching.mockRestore();
    server.close();
  });
  return { exchanges };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  who: Identity,
  exchanges: URLSearchParams[],
): Promise<void> {
  const host = String(request.headers["x-host"]);
  const issuer = ISSUERS[host] ?? "";
  const json = (body: unknown) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  const path = request.url?.split("?")[0] ?? "";
  if (path.endsWith("/.well-known/openid-configuration"))
    return void json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      id_token_signing_alg_values_supported: ["RS256"],
    });
  if (path.endsWith("/keys"))
    return void json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }] });
  if (host === "api.github.com")
    return void json({ id: Number(who.id), login: "someone", name: who.name, email: who.email });
  let body = "";
  for await (const chunk of request) body += chunk;
  exchanges.push(new URLSearchParams(body));
  const granted = { access_token: "granted", token_type: "bearer", expires_in: 60 };
  json(host === "github.com" ? granted : { ...granted, id_token: idToken(issuer, who) });
}

function idToken(issuer: string, { id, name, email, verified }: Identity): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: issuer,
    aud: CLIENT.clientId,
    sub: id,
    name,
    email,
    email_verified: verified,
    iat: now,
    exp: now + 60,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", kid: "1" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}
