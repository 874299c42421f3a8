import { registerClient } from "@modelcontextprotocol/sdk/client/auth.js";
import { askJson, fetchInTime, printable } from "./ask.ts";
import { CLIENT } from "./mcp-request.ts";
import { found, type Step, Trouble } from "./step.ts";

/** What Cursor sends: an app's scheme, https and loopback at once. */
const THREE_KINDS = [
  "cursor://anysphere.cursor-mcp/oauth/callback",
  "https://www.cursor.com/agents/mcp/oauth/callback",
  "http://localhost:8787/callback",
];
const METADATA = {
  client_name: CLIENT.name,
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

/** RFC 7591: any client may register, with every kind of redirect address there is. */
export const registration: Step = {
  name: "registration",
  needs: ["authorization server"],
  async run(visit) {
    const server = found(visit, "server");
    const { status, json } = await askJson(String(server.registration_endpoint), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...METADATA, redirect_uris: THREE_KINDS }),
    });
    const kept = Array.isArray(json["redirect_uris"]) ? json["redirect_uris"] : [];
    const missing = THREE_KINDS.find((uri) => !kept.includes(uri));
    if (status === 429) {
      throw new Trouble(
        "Registration is refused for now (429).",
        "This network address has asked too often, or the proxy hides whose requests they are.",
        "Wait a minute; if it stays, set AVTRZ_TRUSTED_PROXY_HOPS to the number of proxies before Avtrz.",
      );
    }
    if (status !== 201 || typeof json["client_id"] !== "string" || missing) {
      throw new Trouble(
        missing && status === 201
          ? `Registration leaves out ${missing}.`
          : `Registration answers ${status}: ${printable(String(json["error_description"] ?? json["error"] ?? ""))}`,
        "Another authorization server answers, or a firewall refuses bodies with app addresses.",
        "Let the proxy pass /oauth/register to Avtrz unchanged.",
      );
    }
    const registered = await registerClient(found(visit, "issuer"), {
      metadata: server,
      clientMetadata: { ...METADATA, redirect_uris: [visit.callback.redirectUri] },
      fetchFn: fetchInTime,
    });
    visit.found.clientId = registered.client_id;
    return "Clients can register, with https, loopback and app addresses at once.";
  },
};
