import http from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FakeInternet, type Site, startFakeInternet } from "../../../e2e/support/fake-internet.ts";
import { type Loopback, listen } from "../../../e2e/support/loopback.ts";
import { createSafeFetch, type Outbound } from "../safe-fetch.ts";

/** A site that redirects from any path to what its query says, remembering the headers it was asked with. */
let site: Site;
let other: Site;
let inner: Loopback;
let internet: FakeInternet;
let outbound: Outbound;
let asked: { url: string; method: string; headers: http.IncomingHttpHeaders }[] = [];

const redirect: http.RequestListener = (request, response) => {
  const url = new URL(request.url ?? "/", "https://any.example");
  asked.push({ url: `${request.headers.host}${request.url}`, method: request.method ?? "", headers: request.headers });
  const to = url.searchParams.get("to");
  const status = Number(url.searchParams.get("status") ?? 302);
  response.setHeader("set-cookie", "session=1");
  if (to === null) response.end("arrived");
  else response.writeHead(status, { location: to }).end("x".repeat(100));
};

beforeAll(async () => {
  internet = startFakeInternet();
  site = await internet.site("site.example", redirect);
  other = await internet.site("other.example", redirect);
  inner = await listen(http.createServer(redirect));
  outbound = createSafeFetch({ ...internet, allowPrivateHosts: [`127.0.0.1:${inner.port}`] });
});

afterAll(async () => {
  await Promise.all([internet.stop(), inner.stop()]);
});

/** An address on `site` from which the answers lead through these in turn. */
function leadingTo(...addresses: string[]): string {
  return addresses.reduceRight((to, from) => `${from}?to=${encodeURIComponent(to)}`);
}

const get = (url: string, headers: Record<string, string> = {}) => {
  asked = [];
  return outbound.fetch(url, { deadline: 3_000, headers });
};

describe("redirects", () => {
  test("H-IMG-82: three are followed, also relative ones, and the answer says where it came from", async () => {
    const answer = await get(leadingTo(`${site.origin}/1`, `${other.origin}/2`, "/3", `${site.origin}/4`));

    expect(answer).toMatchObject({ status: 200, url: `${site.origin}/4` });
    expect(asked).toHaveLength(4);
  });

  test("H-IMG-82: a fourth is not", async () => {
    const failure = get(leadingTo(...Array.from({ length: 21 }, (_, i) => `${site.origin}/${i}`)));

    await expect(failure).rejects.toMatchObject({ kind: "too_many_redirects", host: "site.example" });
    expect(asked).toHaveLength(4);
  });

  test.each([
    ["https://127.0.0.1/", "refused_address"],
    ["https://169.254.169.254/latest/meta-data/", "refused_address"],
    ["https://[::ffff:10.0.0.1]/", "refused_address"],
    ["file:///etc/passwd", "refused_scheme"],
    ["javascript:alert(1)", "refused_scheme"],
    ["http://other.example/", "refused_scheme"],
    ["https://[", "refused_address"],
    ["https://unknown.example/", "dns"],
  ])("H-IMG-82: one to %s is refused", async (to, kind) => {
    await expect(get(leadingTo(`${site.origin}/`, to))).rejects.toMatchObject({ kind });
    expect(asked).toHaveLength(1);
  });

  test("H-IMG-82: none leads from https down to http, not even to a host that may be http by itself", async () => {
    const failure = get(leadingTo(`${site.origin}/`, `http://127.0.0.1:${inner.port}/`));

    await expect(failure).rejects.toMatchObject({ kind: "refused_scheme" });
    expect(inner.accepted()).toBe(0);
  });

  test("H-IMG-82: a name that was public for the first hop is checked again for the second", async () => {
    const turncoat = await internet.site("turncoat.example", redirect);
    internet.names.set("turncoat.example", (question) => (question === 0 ? [turncoat.address] : ["10.0.0.1"]));

    const failure = get(leadingTo("https://turncoat.example/1", "https://turncoat.example/2"));

    await expect(failure).rejects.toMatchObject({ kind: "refused_address", host: "turncoat.example" });
  });

  test("H-IMG-82: keys stay with the origin they were meant for, and do not come back by way of another", async () => {
    const secrets = { authorization: "Bearer s", "x-api-key": "s", "x-rapidapi-key": "s", "accept-language": "de" };
    await get(leadingTo(`${site.origin}/1`, "/2", `${other.origin}/3`, `${site.origin}/4`), secrets);

    expect(asked.map(({ headers }) => "authorization" in headers)).toEqual([true, true, false, false]);
    expect(asked.map(({ headers }) => "x-api-key" in headers)).toEqual([true, true, false, false]);
    expect(asked.map(({ headers }) => "x-rapidapi-key" in headers)).toEqual([true, true, false, false]);
    expect(asked.map(({ headers }) => headers["accept-language"])).toEqual(["de", "de", "de", "de"]);
  });

  test("H-IMG-82: no cookie is ever sent or handed on", async () => {
    const answer = await get(leadingTo(`${site.origin}/1`, "/2"), { Cookie: "a=b", Host: "evil.example" });

    expect(answer.headers.has("set-cookie")).toBe(false);
    expect(asked.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
    expect(asked.map(({ headers }) => headers.host)).toEqual(["site.example", "site.example"]);
  });

  test("user and password in an address are neither sent nor handed on", async () => {
    const answer = await get("https://user:password@site.example/");

    expect(answer.url).toBe("https://site.example/");
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  test("a request that changes something gets the redirect as its answer and is not sent twice", async () => {
    asked = [];
    const url = leadingTo(`${site.origin}/1`, `${other.origin}/2`);
    const answer = await outbound.fetch(`${url}&status=307`, { method: "POST", body: "secret", deadline: 3_000 });

    expect(answer.status).toBe(307);
    expect(asked.map(({ method }) => method)).toEqual(["POST"]);
  });
});
