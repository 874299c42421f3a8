import { printable } from "./ask.ts";
import { challengeParameter, initialize } from "./mcp-request.ts";
import { type Step, Trouble } from "./step.ts";

const PASS_HEADERS =
  "Let the proxy pass the headers Authorization (to Avtrz) and WWW-Authenticate (to clients) unchanged.";

/** Without a token the answer is 401 and says where to get one (RFC 9728, 5.1); that is what starts a client's sign-in. */
export const challenge: Step = {
  name: "challenge",
  needs: ["reachable"],
  async run(visit) {
    const { status, headers } = await initialize(visit.url);
    if (status !== 401) throw notChallenged(visit.url, status);
    const header = headers.get("www-authenticate");
    if (!header) {
      throw new Trouble(
        "The 401 has no WWW-Authenticate header.",
        "A proxy strips the WWW-Authenticate header.",
        PASS_HEADERS,
      );
    }
    if (!/\bbearer\b/i.test(header)) {
      throw new Trouble(
        `The 401 asks for ${printable(header.split(" ")[0] ?? "")}, not for Bearer.`,
        "The proxy has a login of its own before Avtrz.",
        "Take the proxy's login away from /mcp, /oauth/ and /.well-known/: Avtrz has its own.",
      );
    }
    const metadata = challengeParameter(header, "resource_metadata");
    if (!metadata || !URL.canParse(metadata)) {
      throw new Trouble(
        "The WWW-Authenticate header names no resource_metadata.",
        "A proxy rewrites the WWW-Authenticate header.",
        PASS_HEADERS,
      );
    }
    visit.found.resourceMetadataUrl = metadata;
    const scope = challengeParameter(header, "scope");
    if (scope) visit.found.scope = scope;
    else visit.note("The challenge names no scope; clients then ask for everything there is.");
    await checkThatTokensArrive(visit.url);
    return `Without a token it answers 401 and names ${printable(metadata)}.`;
  },
};

/** A token that cannot be valid is called invalid by a server that sees it, and is missing to one that does not. */
async function checkThatTokensArrive(url: string): Promise<void> {
  const { status, headers } = await initialize(url, "this-is-not-a-token");
  const error = challengeParameter(headers.get("www-authenticate") ?? "", "error");
  if (status === 401 && error === "invalid_token") return;
  if (status === 401) {
    throw new Trouble(
      "A request with a token is answered as if it had none.",
      "A proxy strips the Authorization header on the way to Avtrz.",
      PASS_HEADERS,
    );
  }
  throw new Trouble(
    `A token that nobody issued is answered with ${status} instead of 401.`,
    "The proxy answers for Avtrz, or checks tokens itself.",
    PASS_HEADERS,
  );
}

function notChallenged(url: string, status: number): Trouble {
  if (status < 300) {
    return new Trouble(
      `${url} answers ${status} without a token.`,
      "The proxy adds an Authorization header of its own, or it is another server that answers.",
      "Let the proxy add no header, and check that the address is the one that npm start prints.",
    );
  }
  return new Trouble(
    `${url} answers ${status} without a token, instead of 401.`,
    status === 403
      ? "A firewall or bot protection before Avtrz refuses programs."
      : "Something before Avtrz answers in its place.",
    "Take bot protection and logins of the proxy away from /mcp, /oauth/ and /.well-known/.",
  );
}
