import { exchangeAuthorization, refreshAuthorization } from "@modelcontextprotocol/sdk/client/auth.js";
import { fetchInTime } from "./ask.ts";
import { refusal } from "./refusal.ts";
import { found, type Step, Trouble, type Visit } from "./step.ts";

/** The code becomes tokens, which no cache on the way keeps. */
export const tokenExchange: Step = {
  name: "token",
  needs: ["authorization"],
  async run(visit) {
    let kept = "";
    const { code, verifier } = found(visit, "code");
    const tokens = await exchangeAuthorization(found(visit, "issuer"), {
      ...common(visit),
      authorizationCode: code,
      codeVerifier: verifier,
      redirectUri: visit.callback.redirectUri,
      fetchFn: async (url, init) => {
        const answer = await fetchInTime(url, init);
        kept = answer.headers.get("cache-control") ?? "";
        return answer;
      },
    }).catch(refusal("The code was not exchanged", "The clocks differ, or the answer of /oauth/token is rewritten."));
    visit.found.tokens = tokens;
    if (!tokens.refresh_token) {
      throw new Trouble(
        "There is no refresh token: people would have to sign in again every hour.",
        "Another authorization server answers.",
        "Let the proxy pass /oauth/ to Avtrz unchanged.",
      );
    }
    if (!/\bno-store\b/.test(kept))
      visit.note("The answer with tokens may be cached: the proxy rewrites Cache-Control.");
    return `The code became tokens for ${tokens.scope ?? "what was asked"}, good for ${tokens.expires_in ?? "?"} seconds.`;
  },
};

/** A refresh gives a new pair (OAuth 2.1, 4.3.1: public clients' refresh tokens rotate). */
export const refresh: Step = {
  name: "refresh",
  needs: ["token"],
  async run(visit) {
    const before = found(visit, "tokens");
    const after = await refreshAuthorization(found(visit, "issuer"), {
      ...common(visit),
      refreshToken: before.refresh_token as string,
      fetchFn: fetchInTime,
    }).catch(refusal("The refresh was refused", "The processes of Avtrz do not share one database."));
    visit.found.tokens = after;
    if (after.refresh_token === before.refresh_token || after.access_token === before.access_token) {
      throw new Trouble(
        "The refresh gave the same token again.",
        "A cache answers for /oauth/token, or another authorization server does.",
        "Let the proxy pass /oauth/ to Avtrz unchanged, and cache nothing of it.",
      );
    }
    return "A refresh gives a new pair.";
  },
};

function common(visit: Visit) {
  return {
    metadata: found(visit, "server"),
    clientInformation: { client_id: found(visit, "clientId") },
    resource: new URL(visit.url),
  };
}
