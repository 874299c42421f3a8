import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Verdict } from "../../bin/doctor/step.ts";
import { behindProxy, type ReverseProxy, rewriting, rewritingJson } from "../support/behind-proxy.ts";
import { createAuthority } from "../support/certificates.ts";
import { runTool } from "../support/command-line.ts";
import { freePort, withoutSettings } from "../support/installation.ts";
import { testConfig } from "../support/services.ts";

type Document = { url: string; healthy: boolean; steps: Verdict[] };

async function discover(url: string): Promise<Document & { exit: number }> {
  const { code, stdout } = await runTool(testConfig(), "doctor", url, "--discovery-only", "--json");
  return { exit: code, ...(JSON.parse(stdout) as Document) };
}

/** The one step that failed; every step that needs it must have been skipped. */
function failureOf({ steps, healthy, exit }: Document & { exit: number }): Verdict {
  const failed = steps.filter(({ verdict }) => verdict === "failed");
  expect(failed).toHaveLength(1);
  expect({ healthy, exit }).toEqual({ healthy: false, exit: 1 });
  expect(steps.slice(steps.indexOf(failed[0] as Verdict) + 1).map(({ verdict }) => verdict)).not.toContain("passed");
  return failed[0] as Verdict;
}

test("an installation that clients can find passes every step before the sign-in, with exit code 0", async () => {
  const { mcp } = await behindProxy();
  const { exit, healthy, steps, url } = await discover(mcp);
  expect(steps.map(({ step, verdict, seen }) => [step, verdict, seen])).toEqual(
    ["reachable", "challenge", "resource metadata", "authorization server", "registration", "proof key"].map((step) => [
      step,
      "passed",
      expect.any(String),
    ]),
  );
  expect({ exit, healthy, url }).toEqual({ exit: 0, healthy: true, url: mcp });
  expect(steps[0]?.notes.join()).toMatch(/connect from the internet/);
});

test("for people it prints a line for each step, and for a failed one the likely cause and the cure", async () => {
  const { mcp } = await behindProxy({ proxy: without("www-authenticate") });
  const { code, stdout } = await runTool(testConfig(), "doctor", mcp, "--discovery-only");
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✓ reachable +It answers/);
  expect(stdout).toMatch(/^✗ challenge .+\n +likely cause: A proxy strips.+\n +what to do: Let the proxy pass/m);
  expect(stdout).toMatch(/^- registration +It needs what “authorization server” did not find\.$/m);
});

test("an address that is none is a mistake of use, exit code 2", async () => {
  const { code, stdout } = await runTool(testConfig(), "doctor", "avtrz.example/mcp");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

const SPA: ReverseProxy = (request, next) =>
  new URL(request.url).pathname.startsWith("/.well-known/")
    ? Promise.resolve(new Response("<!doctype html><title>App</title>", { headers: { "content-type": "text/html" } }))
    : next(request);
const PASSWORD: ReverseProxy = async () =>
  new Response("no", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } });
const SLASH: ReverseProxy = (request, next) => {
  const { pathname } = new URL(request.url);
  return pathname === "/mcp" ? Promise.resolve(redirectTo("/mcp/")) : next(request);
};

test.each<[cause: string, proxy: ReverseProxy, step: string, likelyCause: RegExp, cure: RegExp]>([
  ["strips WWW-Authenticate", without("www-authenticate"), "challenge", /strips the WWW-Auth/, /pass the headers/],
  ["strips Authorization", withoutAuthorization, "challenge", /strips the Authorization/, /pass the headers/],
  ["adds a token of its own or is open", answering("/mcp", 200), "challenge", /adds an Authorization/, /no header/],
  ["has a login of its own", PASSWORD, "challenge", /login of its own/, /Take the proxy's login away/],
  ["refuses programs", answering("/mcp", 403), "challenge", /bot protection/, /bot protection/],
  ["has lost Avtrz", answering("/mcp", 502), "reachable", /cannot reach Avtrz/, /readyz/],
  ["does not know the path", answering("/mcp", 404), "reachable", /path/, /PUBLIC_URL\/mcp/],
  ["adds a slash", SLASH, "reachable", /slash at the end/, /\/mcp\/ in the client/],
  ["answers pages for documents", SPA, "resource metadata", /Another server answers/, /\.well-known/],
  [
    "names the resource with a slash",
    rewritingJson("/.well-known/oauth-protected-resource", (prm) => ({ ...prm, resource: `${prm["resource"]}/` })),
    "resource metadata",
    /slash at its end/,
    /exactly as the server says/,
  ],
  [
    "names another issuer",
    rewritingJson("/.well-known/oauth-authorization-server", (as) => ({ ...as, issuer: "https://other.example" })),
    "authorization server",
    /PUBLIC_URL is not/,
    /PUBLIC_URL=http/,
  ],
  [
    "does not list S256",
    rewritingJson("/.well-known/oauth-authorization-server", ({ code_challenge_methods_supported: _, ...as }) => as),
    "authorization server",
    /Another authorization server/,
    /one version/,
  ],
  [
    "does not list public clients",
    rewritingJson("/.well-known/oauth-authorization-server", (as) => ({
      ...as,
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
    })),
    "authorization server",
    /Another authorization server/,
    /one version/,
  ],
  ["does not pass the token endpoint", answering("/oauth/token", 404), "authorization server", /this path/, /oauth/],
  [
    "forgets app addresses at registration",
    rewritingJson("/oauth/register", (client) => ({ ...client, redirect_uris: ["http://localhost:8787/callback"] })),
    "registration",
    /Another authorization server/,
    /oauth\/register/,
  ],
  ["sends requests without PKCE on", leading("/oauth/authorize"), "proof key", /Avtrz refuses/, /\/oauth\//],
])("a proxy that %s is found out, with its cause and cure", async (_what, proxy, step, likelyCause, cure) => {
  const { mcp } = await behindProxy({ proxy });
  const failure = failureOf(await discover(mcp));
  expect(failure).toMatchObject({
    step,
    likelyCause: expect.stringMatching(likelyCause),
    cure: expect.stringMatching(cure),
  });
});

test("a PUBLIC_URL that is another address is found out", async () => {
  const { mcp } = await behindProxy({ publicUrl: () => "https://avtrz.example" });
  expect(failureOf(await discover(mcp))).toMatchObject({
    step: "resource metadata",
    likelyCause: "PUBLIC_URL is not the address that clients use.",
    cure: expect.stringContaining(`PUBLIC_URL=${new URL(mcp).origin}`),
  });
});

test("a certificate that nobody trusts is found out", async () => {
  const certificate = createAuthority().issue("localhost");
  const { mcp } = await behindProxy({ certificate });
  expect(failureOf(await discover(mcp))).toMatchObject({
    step: "reachable",
    seen: expect.stringContaining("certificate"),
    cure: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
});

test("a server that nobody runs, and a host name that does not exist, are told apart", async () => {
  const nothing = failureOf(await discover(`http://127.0.0.1:${await freePort()}/mcp`));
  expect(nothing).toMatchObject({ step: "reachable", likelyCause: expect.stringContaining("not running") });
  const nowhere = failureOf(await discover("https://avtrz.invalid/mcp"));
  expect(nowhere).toMatchObject({ step: "reachable", likelyCause: expect.stringContaining("misspelt") });
  const plain = await behindProxy();
  const tls = failureOf(await discover(plain.mcp.replace("http:", "https:")));
  expect(tls).toMatchObject({ step: "reachable", likelyCause: expect.stringContaining("serves http alone") });
});

test("http behind https is found out", async () => {
  const authority = createAuthority();
  const { mcp } = await behindProxy({
    certificate: authority.issue("localhost"),
    publicUrl: (origin) => origin.replace("https:", "http:"),
  });
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-doctor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, "authority.pem"), authority.cert);
  const { exit, stdout } = await new Promise<{ exit: number; stdout: string }>((resolve) => {
    execFile(
      process.execPath,
      ["bin/avtrz.ts", "doctor", mcp, "--discovery-only", "--json"],
      { env: { ...withoutSettings(process.env), NODE_EXTRA_CA_CERTS: path.join(folder, "authority.pem") } },
      (error, stdout) => resolve({ exit: Number(error?.code ?? 0), stdout }),
    );
  });
  expect(failureOf({ exit, ...(JSON.parse(stdout) as Document) })).toMatchObject({
    step: "resource metadata",
    likelyCause: "The proxy serves https and Avtrz behind it was told that it is reached by http.",
    cure: `Set PUBLIC_URL=${new URL(mcp).origin} and start Avtrz again.`,
  });
});

function without(header: string): ReverseProxy {
  return rewriting("/mcp", (answer) => {
    answer.headers.delete(header);
    return answer;
  });
}

function withoutAuthorization(request: Request, next: (request: Request) => Promise<Response>): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.delete("authorization");
  return next(new Request(request, { headers }));
}

function answering(pathname: string, status: number): ReverseProxy {
  return (request, next) =>
    new URL(request.url).pathname === pathname ? Promise.resolve(new Response("{}", { status })) : next(request);
}

function leading(pathname: string): ReverseProxy {
  return (request, next) =>
    new URL(request.url).pathname === pathname && new URL(request.url).searchParams.has("client_id")
      ? Promise.resolve(redirectTo("/consent"))
      : next(request);
}

function redirectTo(location: string): Response {
  return new Response(null, { status: 308, headers: { location } });
}
