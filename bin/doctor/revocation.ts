import { ask } from "./ask.ts";
import { initialize } from "./mcp-request.ts";
import { found, type Step, Trouble, type Visit } from "./step.ts";

const WITHIN_MS = 3_000;

/** RFC 7009: the tokens of this visit are ended, and are refused from then on. */
export const revocation: Step = {
  name: "revocation",
  needs: ["token"],
  async run(visit) {
    const status = await revoke(visit);
    const { access_token: token } = found(visit, "tokens");
    const end = Date.now() + WITHIN_MS;
    while (status === 200 && Date.now() < end) {
      if ((await initialize(visit.url, token)).status === 401)
        return "Its tokens are revoked, and refused from now on.";
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Trouble(
      status === 200
        ? "A revoked token is still let in after 3 seconds."
        : `Revocation answers ${status} instead of 200.`,
      status === 200 ? "A cache answers for /mcp." : "The proxy does not pass /oauth/revoke on to Avtrz.",
      "Let the proxy pass /mcp and /oauth/ to Avtrz unchanged. End the connection of “avtrz doctor” under /workspaces.",
    );
  },
};

async function revoke(visit: Visit): Promise<number> {
  const { refresh_token, access_token } = found(visit, "tokens");
  const { status } = await ask(found(visit, "revocationEndpoint"), {
    method: "POST",
    body: new URLSearchParams({ client_id: found(visit, "clientId"), token: refresh_token ?? access_token }),
  });
  return status;
}
