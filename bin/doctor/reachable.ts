import { printable } from "./ask.ts";
import { initialize } from "./mcp-request.ts";
import { type Step, Trouble } from "./step.ts";

/** Somebody answers at the address itself, who is not a proxy that has lost its server. */
export const reachable: Step = {
  name: "reachable",
  needs: [],
  async run(visit) {
    const start = performance.now();
    const { status, headers } = await initialize(visit.url);
    const took = Math.round(performance.now() - start);
    const location = headers.get("location");
    if (status >= 300 && status < 400 && location) throw redirected(visit.url, location);
    if (status === 404 || status === 405) {
      throw new Trouble(
        `${visit.url} answered ${status}: there is no MCP server at this path.`,
        "The path is not /mcp, or the proxy passes on only some paths, or only GET.",
        "Use PUBLIC_URL/mcp as npm start prints it, and let the proxy pass every path and method.",
      );
    }
    if (status >= 500) {
      throw new Trouble(
        `${visit.url} answered ${status}.`,
        status === 500
          ? "Avtrz failed; its log says why."
          : "The proxy answers, and cannot reach Avtrz behind it, or Avtrz is waiting for its database.",
        "Look at PUBLIC_URL/readyz and into the log of Avtrz.",
      );
    }
    const { hostname, protocol } = new URL(visit.url);
    const local = /^(localhost|127\.|10\.|192\.168\.|\[::1\])|\.(local|internal|localhost)$/.test(hostname);
    if (local)
      visit.note("This address works on this computer or network; Claude and ChatGPT connect from the internet.");
    else if (protocol === "http:") visit.note("This address is http; hosted clients connect by https alone.");
    return `It answers (${status}, ${took} ms).`;
  },
};

function redirected(url: string, location: string): Trouble {
  const target = URL.parse(location, url)?.href ?? location;
  const seen = `${url} redirects to ${printable(target)}.`;
  if (target === `${url}/` || `${target}/` === url) {
    return new Trouble(
      seen,
      "A slash at the end: the proxy adds or removes it. Clients lose the token when they follow.",
      `Use ${printable(target)} in the client, or stop the proxy from redirecting.`,
    );
  }
  if (target.replace("https:", "http:") === url) {
    return new Trouble(
      seen,
      "The proxy sends http on to https, and clients do not take the token along.",
      `Use ${printable(target)} in the client.`,
    );
  }
  return new Trouble(
    seen,
    "A login page or another host name stands before Avtrz.",
    "Let the proxy pass /mcp, /oauth/ and /.well-known/ to Avtrz without a login of its own.",
  );
}
