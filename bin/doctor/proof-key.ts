import { ask } from "./ask.ts";
import { found, type Step, Trouble } from "./step.ts";

/** OAuth 2.1, 4.1.1: a request without a code challenge is refused, and the client is told. */
export const proofKey: Step = {
  name: "proof key",
  needs: ["registration"],
  async run(visit) {
    const url = new URL(String(found(visit, "server").authorization_endpoint));
    url.search = new URLSearchParams({
      response_type: "code",
      client_id: found(visit, "clientId"),
      redirect_uri: visit.callback.redirectUri,
      resource: visit.url,
      state: "no-proof-key",
    }).toString();
    const { status, headers } = await ask(url.href);
    const location = headers.get("location") ?? "";
    const answer = location.startsWith(`${visit.callback.redirectUri}?`) ? new URL(location).searchParams : null;
    if (answer?.get("error") === "invalid_request" || status === 400) return "A request without PKCE is refused.";
    throw new Trouble(
      `A request without PKCE is answered with ${status} instead of being refused.`,
      "Another authorization server answers: Avtrz refuses it.",
      "Let the proxy pass /oauth/ to Avtrz unchanged.",
    );
  },
};
