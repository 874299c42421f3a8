import type { RequestListener } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Services } from "../../lib/services.ts";
import { type FakeInternet, type Site, startFakeInternet } from "../support/fake-internet.ts";
import {
  authorizationParameters,
  authorize,
  decide,
  exchange,
  pkce,
  REDIRECT,
  requestIdOf,
  type Tokens,
} from "../support/oauth.ts";
import { person } from "../support/person.ts";
import { steppedClock, testServices, workspace } from "../support/services.ts";

let internet: FakeInternet;
beforeAll(() => {
  internet = startFakeInternet();
});
afterAll(() => internet.stop());

let hosts = 0;
type Document = Record<string, unknown>;
type Client = { id: string; site: Site; document: Document; requests(): number };

/** A client with a metadata document of its own; `document` may be changed, `answer` replaced. */
async function client(more: Document = {}, answer?: RequestListener): Promise<Client> {
  const host = `client${hosts++}.example`;
  const id = `https://${host}/oauth/client.json`;
  const document: Document = { client_id: id, client_name: "A client", redirect_uris: [REDIRECT], ...more };
  let requests = 0;
  const site = await internet.site(host, (request, response) => {
    requests++;
    if (answer) return answer(request, response);
    const headers = { "content-type": "application/json", "cache-control": "max-age=600" };
    response.writeHead(200, headers).end(JSON.stringify(document));
  });
  return { id, site, document, requests: () => requests };
}

function open(overrides: Parameters<typeof testServices>[1] = {}) {
  const rateLimits = { organization: 1e6, key: 1e6, user: 1e6, address: 1e6 };
  return testServices({ rateLimits }, { network: { lookup: internet.lookup, dial: internet.dial }, ...overrides });
}

const ask = (services: Services, id: string, more: Record<string, string> = {}) =>
  authorize(services, authorizationParameters(services, id, pkce(), more));

async function expectRefused(answer: Response, status: number, code: string) {
  expect([answer.status, answer.headers.get("x-error-code")]).toEqual([status, code]);
  expect(answer.headers.get("location")).toBeNull();
}

const INVALID = "client_document_invalid";
const UNAVAILABLE = "client_document_unavailable";

test("a client is let in by its document, and shown by the name in it", async () => {
  const services = await open();
  const { id } = await client();
  requestIdOf(await ask(services, id));
  expect(await services.oauth.clients.find(id)).toMatchObject({ kind: "document", name: "A client" });
  await expectRefused(
    await ask(services, id, { redirect_uri: "https://evil.example/" }),
    400,
    "redirect_uri_not_registered",
  );
});

describe("H-CIMD-42 a document is fetched from the public internet alone", () => {
  test("a name that is public when it is first asked for, and this machine's afterwards, is not connected to", async () => {
    const services = await open();
    const { id, site } = await client();
    const host = new URL(id).hostname;
    internet.names.set(host, (question) => [question === 0 ? site.address : "127.0.0.1"]);
    internet.route(site.address, site.port, "127.0.0.1");
    await expectRefused(await ask(services, id), 502, UNAVAILABLE);
    internet.names.set(host, (question) => (question % 2 === 0 ? [site.address, "127.0.0.1"] : ["127.0.0.1"]));
    internet.route(site.address, site.port);
    await expectRefused(await ask(await open(), id), 502, UNAVAILABLE);
  });

  test.each(["10.0.0.7", "169.254.169.254", "100.64.0.1", "::1", "fd00::1", "::ffff:127.0.0.1"])(
    "a name that leads to %s is never dialed",
    async (address) => {
      const host = `private${hosts++}.example`;
      internet.names.set(host, [address]);
      await expectRefused(await ask(await open(), `https://${host}/client.json`), 502, UNAVAILABLE);
      expect(internet.dialed).not.toContain(address);
    },
  );

  test("a redirect is not followed, to wherever it leads", async () => {
    const good = await client();
    const { id } = await client({}, (_request, response) => void response.writeHead(302, { location: good.id }).end());
    await expectRefused(await ask(await open(), id), 502, UNAVAILABLE);
    expect(good.requests()).toBe(0);
  });

  test("a literal address of this machine is no client", async () => {
    const dialed = internet.dialed.length;
    for (const id of ["https://127.0.0.1/client.json", "https://[::1]/client.json", "https://169.254.169.254/latest"])
      await expectRefused(await ask(await open(), id), 502, UNAVAILABLE);
    expect(internet.dialed.slice(dialed)).toEqual([]);
  });
});

describe("H-CIMD-45 a document is its own address's, letter by letter", () => {
  test.each<[string, (id: string) => string, number, string]>([
    ["the host in capitals", (id) => id.replace("client", "CLIENT"), 401, "client_unknown"],
    ["the port that it has anyway", (id) => id.replace(".example/", ".example:443/"), 401, "client_unknown"],
    ["another port", (id) => id.replace(".example/", ".example:8443/"), 401, "client_unknown"],
    ["dot segments", (id) => id.replace("/oauth/", "/oauth/../oauth/"), 401, "client_unknown"],
    ["the path in capitals", (id) => id.replace("client.json", "CLIENT.json"), 400, INVALID],
    ["a slash more", (id) => `${id}/`, 400, INVALID],
    ["a query", (id) => `${id}?v=1`, 400, INVALID],
  ])("%s", async (_what, change, status, code) => {
    const { id } = await client();
    // A page shows no challenge, so 401 is told as 400.
    await expectRefused(await ask(await open(), change(id)), status === 401 ? 400 : status, code);
  });
});

describe("H-CIMD-48 a document with a secret is refused", () => {
  test.each<Document>([
    { token_endpoint_auth_method: "client_secret_post" },
    { client_secret: "x" },
    { jwks: { keys: [{ kty: "EC", d: "x" }] } },
    { redirect_uris: ["javascript:alert(1)"] },
    { redirect_uris: [] },
    { redirect_uris: "https://client.example/callback" },
  ])("%j", async (more) => {
    await expectRefused(await ask(await open(), (await client(more)).id), 400, INVALID);
  });

  test.each<[string, RequestListener, number, string]>([
    [
      "a page of html",
      (_q, r) => void r.writeHead(200, { "content-type": "text/html" }).end("<p>Are you a robot?"),
      502,
      UNAVAILABLE,
    ],
    ["403", (_q, r) => void r.writeHead(403).end(), 502, UNAVAILABLE],
    [
      "half a document",
      (_q, r) => void r.writeHead(200, { "content-type": "application/json" }).end('{"client_id":'),
      400,
      INVALID,
    ],
    [
      "65 KB",
      (_q, r) => void r.writeHead(200, { "content-type": "application/json" }).end(" ".repeat(65 * 1024)),
      502,
      UNAVAILABLE,
    ],
  ])("as is %s, which is none", async (_what, answer, status, code) => {
    await expectRefused(await ask(await open(), (await client({}, answer)).id), status, code);
  });
});

test("H-CIMD-49 a document that changes its addresses is obeyed at the next connect, and what was granted goes on", async () => {
  const clock = steppedClock();
  const services = await open({ clock });
  const { id: organizationId } = await workspace(services);
  const who = await person(services, { [organizationId]: "owner" });
  const { id, document } = await client();
  const proof = pkce();
  const connect = (more: Record<string, string>) =>
    authorize(services, authorizationParameters(services, id, proof, more), who);
  const decided = await decide(services, who, requestIdOf(await connect({})), {
    decision: "allow",
    organization: organizationId,
  });
  const code = new URL(decided.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const granted = { clientId: id, code, verifier: proof.verifier, organizationId };
  const { access_token } = (await (await exchange(services, granted)).json()) as Tokens;
  const waiting = requestIdOf(await connect({}));

  document["redirect_uris"] = ["https://client.example/new"];
  clock.advance(600_000 - 1);
  requestIdOf(await connect({}));
  clock.advance(1);
  await expectRefused(await connect({}), 400, "redirect_uri_not_registered");
  // Consent is asked anew, and a request from before the change is not answered at the old address.
  requestIdOf(await connect({ redirect_uri: "https://client.example/new" }));
  const late = await decide(services, who, waiting, { decision: "allow", organization: organizationId });
  await expectRefused(late, 400, "redirect_uri_not_registered");
  expect((await services.oauth.verifyAccessToken(access_token, services.oauth.mcpResource)).ok).toBe(true);
  expect(
    await services.db.query("select from connection where client_id = $1 and revoked_at is null", [id]),
  ).toHaveLength(1);
});

describe("H-CIMD-50 a slow or silent host", () => {
  test("is asked once by 500 who come together, and keeps nobody else waiting", async () => {
    const services = await open();
    const quick = await client();
    const gate = Promise.withResolvers<void>();
    const slow: Client = await client({}, async (_request, response) => {
      await gate.promise;
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(slow.document));
    });
    const crowd = Promise.all(Array.from({ length: 500 }, () => ask(services, slow.id)));
    requestIdOf(await ask(services, quick.id));
    gate.resolve();
    for (const answer of await crowd) requestIdOf(answer);
    expect(slow.requests()).toBe(1);
  });

  test("in great number cannot keep a document from being used of which there is a copy", async () => {
    const services = await open();
    const known = await client();
    requestIdOf(await ask(services, known.id));
    const gate = Promise.withResolvers<void>();
    const silent = await Promise.all(
      Array.from({ length: 60 }, () =>
        client({}, (_request, response) => void gate.promise.then(() => response.writeHead(404).end())),
      ),
    );
    const answers = silent.map(({ id }) => ask(services, id));
    // The last of them are over the limit, and are told so at once.
    await expectRefused(await Promise.race(answers), 502, UNAVAILABLE);
    requestIdOf(await ask(services, known.id));
    gate.resolve();
    for (const answer of await Promise.all(answers)) await expectRefused(answer, 502, UNAVAILABLE);
    expect(silent.filter(({ requests }) => requests() > 0)).toHaveLength(50);
  });

  test("is believed to be silent for 30 seconds, then asked again", async () => {
    const clock = steppedClock();
    const services = await open({ clock });
    let fine = false;
    const flaky: Client = await client({}, (_request, response) => {
      response.writeHead(fine ? 200 : 503, { "content-type": "application/json" }).end(JSON.stringify(flaky.document));
    });
    const answer = await ask(services, flaky.id);
    await expectRefused(answer, 502, UNAVAILABLE);
    expect(answer.headers.get("retry-after")).toBe("30");
    fine = true;
    clock.advance(29_999);
    await expectRefused(await ask(services, flaky.id), 502, UNAVAILABLE);
    expect(flaky.requests()).toBe(1);
    clock.advance(1);
    requestIdOf(await ask(services, flaky.id));
  });

  test("is served from the last good copy; a famous one that was never read from the pinned addresses", async () => {
    const clock = steppedClock();
    const services = await open({ clock });
    const { id } = await client();
    requestIdOf(await ask(services, id));
    internet.names.set(new URL(id).hostname, ["93.184.216.251"]);
    clock.advance(25 * 3_600_000);
    requestIdOf(await ask(services, id));
    requestIdOf(
      await ask(services, "https://claude.ai/oauth/mcp-oauth-client-metadata", {
        redirect_uri: "https://claude.ai/api/mcp/auth_callback",
      }),
    );
  });

  test.each([
    ["no-store", 300],
    ["max-age=1", 300],
    ["max-age=7200", 7_200],
    ["max-age=999999999", 86_400],
  ])("is asked again when its copy is over: %s keeps it for %i seconds", async (control, seconds) => {
    const clock = steppedClock();
    const services = await open({ clock });
    const cached: Client = await client({}, (_request, response) => {
      response
        .writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": control })
        .end(JSON.stringify(cached.document));
    });
    await ask(services, cached.id);
    clock.advance(seconds * 1_000 - 1);
    await ask(services, cached.id);
    expect(cached.requests()).toBe(1);
    clock.advance(1);
    await ask(services, cached.id);
    expect(cached.requests()).toBe(2);
  });
});

test("H-CIMD-51 a logo is neither fetched nor kept, wherever it is said to be", async () => {
  const services = await open();
  const tracker = await client();
  for (const logo_uri of [
    tracker.id.replace("client.json", "logo.svg"),
    "https://169.254.169.254/",
    "javascript:alert(1)",
  ]) {
    const { id } = await client({ logo_uri, policy_uri: logo_uri, tos_uri: logo_uri });
    requestIdOf(await ask(services, id));
    expect(JSON.stringify(await services.db.query("select * from oauth_client where id = $1", [id]))).not.toContain(
      logo_uri,
    );
  }
  expect(tracker.requests()).toBe(0);
});
