import { discoverAuthorizationServerMetadata } from "@modelcontextprotocol/sdk/client/auth.js";
import { ask, askJson, fetchInTime, notJson, printable } from "./ask.ts";
import { otherAddress } from "./other-address.ts";
import { found, type Step, Trouble, type Visit } from "./step.ts";

const ENDPOINTS = ["authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint"] as const;
const SAME_SERVER = "Let the proxy pass /.well-known/ and /oauth/ to Avtrz unchanged, and use one version of Avtrz.";

/** RFC 8414: who the authorization server is, and that its endpoints are where it says. */
export const authorizationServer: Step = {
  name: "authorization server",
  needs: ["resource metadata"],
  async run(visit) {
    const issuer = found(visit, "issuer");
    const { origin, pathname } = new URL(issuer);
    const url = `${origin}/.well-known/oauth-authorization-server${pathname === "/" ? "" : pathname}`;
    const reply = await askJson(url, { headers: { origin: "https://client.example" } });
    if (reply.status !== 200) throw notJson(url, reply);
    if (reply.json["issuer"] !== issuer) throw otherAddress("issuer", reply.json["issuer"], issuer);
    requireListed(reply.json, "code_challenge_methods_supported", "S256");
    requireListed(reply.json, "token_endpoint_auth_methods_supported", "none");
    for (const name of ENDPOINTS) await checkEndpoint(name, reply.json[name], origin);
    checkOrigins(visit, reply.headers.get("access-control-allow-origin"));
    const server = await discoverAuthorizationServerMetadata(issuer, { fetchFn: fetchInTime });
    if (!server) throw notJson(url, reply);
    visit.found.server = server;
    visit.found.revocationEndpoint = String(reply.json["revocation_endpoint"]);
    return `The issuer is ${issuer}; PKCE with S256, public clients, and four endpoints that answer.`;
  },
};

function requireListed(metadata: Record<string, unknown>, name: string, value: string): void {
  const listed = metadata[name];
  if (Array.isArray(listed) && listed.includes(value)) return;
  throw new Trouble(
    `${name} does not list ${value}, and clients then refuse to start.`,
    "Another authorization server answers, or something rewrites the document.",
    SAME_SERVER,
  );
}

async function checkEndpoint(name: string, said: unknown, origin: string): Promise<void> {
  const url = typeof said === "string" ? URL.parse(said) : null;
  if (url?.origin !== origin) throw otherAddress(`The origin of ${name}`, url?.origin, origin);
  // An empty request: Avtrz says what is wrong with it, and whoever else answers says something else.
  const get = name === "authorization_endpoint";
  const { status } = await ask(url.href, get ? {} : { method: "POST" });
  if (status >= 400 && status < 500 && status !== 404 && status !== 405) return;
  throw new Trouble(
    `${name} (${printable(url.href)}) answers ${status} to an empty request instead of refusing it.`,
    "The proxy does not pass this path on to Avtrz, or not this method.",
    SAME_SERVER,
  );
}

function checkOrigins(visit: Visit, allowed: string | null): void {
  if (allowed === "*" || allowed === "https://client.example") return;
  visit.note(
    "The metadata has no Access-Control-Allow-Origin header, so that clients that run in a browser cannot read it: the proxy strips it.",
  );
}
