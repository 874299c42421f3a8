import { randomBytes } from "node:crypto";
import { startAuthorization } from "@modelcontextprotocol/sdk/client/auth.js";
import { printable } from "./ask.ts";
import { otherAddress } from "./other-address.ts";
import { found, type Step, Trouble } from "./step.ts";

/** A person allows it in a browser, and the answer comes back whole: code, state, and whose it is (RFC 9207). */
export const authorization: Step = {
  name: "authorization",
  needs: ["proof key"],
  async run(visit) {
    const server = found(visit, "server");
    const { redirectUri } = visit.callback;
    // Characters that a careless redirect would spoil.
    const state = `${randomBytes(16).toString("base64url")}+ %/=&`;
    const { authorizationUrl, codeVerifier } = await startAuthorization(found(visit, "issuer"), {
      metadata: server,
      clientInformation: { client_id: found(visit, "clientId") },
      redirectUrl: redirectUri,
      state,
      resource: new URL(visit.url),
      ...(visit.found.scope ? { scope: visit.found.scope } : {}),
    });
    visit.tell(`Open this address in a browser on this computer, and press Allow:\n\n  ${authorizationUrl.href}\n`);
    const answer = await visit.callback.wait(visit.waitSeconds);
    if (!answer) {
      throw new Trouble(
        `No answer came to ${redirectUri} within ${visit.waitSeconds} seconds.`,
        "Nobody pressed Allow, the browser runs on another computer, or a proxy replaces the consent page's Content-Security-Policy, so that the button does nothing.",
        "Run it again, with --timeout if it takes longer; let the proxy add no Content-Security-Policy.",
      );
    }
    const error = answer.get("error");
    if (error) {
      throw new Trouble(
        `The answer was ${printable(error)}: ${printable(answer.get("error_description") ?? "")}`,
        error === "access_denied" ? "Deny was pressed." : "The server refused this request.",
        error === "access_denied" ? "Run it again and press Allow." : "Look into the log of Avtrz.",
      );
    }
    if (answer.get("state") !== state) {
      throw new Trouble(
        "The state came back changed.",
        "Something between rewrites addresses, or the answer belongs to another attempt.",
        "Run it again, and let the proxy leave the Location header as it is.",
      );
    }
    const issuer = found(visit, "issuer");
    if (answer.getAll("iss").join() !== issuer) throw otherAddress("iss in the answer", answer.get("iss"), issuer);
    const code = answer.get("code");
    if (!code)
      throw new Trouble(
        "The answer has no code.",
        "Something rewrites the Location header.",
        "Let the proxy leave it as it is.",
      );
    visit.found.code = { code, verifier: codeVerifier };
    return "It was allowed; code, state and issuer came back.";
  },
};
