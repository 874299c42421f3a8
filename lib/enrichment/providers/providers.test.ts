import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createSafeFetch, type Outbound } from "#lib/platform/safe-fetch";
import * as contracts from "../../../e2e/support/provider-contracts.ts";
import {
  GHOST_URL,
  type ProviderBehaviour,
  type ProviderServer,
  startProviderServer,
} from "../../../e2e/support/provider-server.ts";
import { memberUrnOf } from "../../../e2e/support/unipile-server.ts";
import type { Asking, Provider, ProviderOutcome } from "../provider.ts";
import { createApollo } from "./apollo.ts";
import { createEnrichLayer } from "./enrichlayer.ts";
import { createGitHub } from "./github.ts";
import { createGravatar } from "./gravatar.ts";
import { createPeopleDataLabs } from "./peopledatalabs.ts";
import { createUnipileV2 } from "./unipile-v2.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const tools = { clock: { now: () => NOW }, random: () => 0 };
const EMAIL = "Jane@Example.com ";
const HASH = createHash("sha256").update("jane@example.com").digest("hex");

type Subject = {
  contract: contracts.Contract;
  create: (server: { baseUrl: string; apiKey: string }) => Provider;
  /** What it tells of `jane-doe`. */
  found: object;
  /** What a look-up of one person sends. */
  request: { method: string; path: string; query: Record<string, string> };
  identifier?: string;
  missIsFree?: true;
  hasPhoto?: false;
};

const SUBJECTS: Record<string, Subject> = {
  "Unipile v2": {
    contract: contracts.unipileV2,
    create: ({ baseUrl, apiKey }) => createUnipileV2({ url: baseUrl, apiKey, accountId: "account-1" }, tools),
    found: {
      username: "jane-doe",
      memberUrn: memberUrnOf("jane-doe"),
      facts: {
        firstName: "Jane",
        lastName: "Doe",
        headline: "Jane builds things",
        summary: "About Jane.",
        location: "Lisbon, Portugal",
        premium: false,
        openToWork: true,
      },
    },
    request: { method: "GET", path: "/v2/account-1/users/jane-doe", query: {} },
  },
  EnrichLayer: {
    contract: contracts.enrichLayer,
    create: ({ baseUrl, apiKey }) => createEnrichLayer({ url: baseUrl, apiKey }, tools),
    found: {
      username: "jane-doe",
      facts: {
        firstName: "Jane",
        lastName: "Doe",
        headline: "Jane makes layers",
        summary: "Jane, in layers.",
        location: "Porto, Portugal",
      },
    },
    request: {
      method: "GET",
      path: "/api/v2/profile",
      query: {
        profile_url: "https://www.linkedin.com/in/jane-doe",
        use_cache: "if-present",
        fallback_to_cache: "on-error",
      },
    },
  },
  "People Data Labs": {
    contract: contracts.peopleDataLabs,
    create: ({ baseUrl, apiKey }) => createPeopleDataLabs({ url: baseUrl, apiKey }, tools),
    found: {
      username: "jane-doe",
      personId: "qEnOZ5Oh0poWnQ1luFBfVw_0000",
      facts: {
        firstName: "Jane",
        lastName: "Doe",
        headline: "Data Person at Initech",
        industry: "computer software",
        location: "Braga, Portugal",
      },
    },
    request: {
      method: "GET",
      path: "/v5/person/enrich",
      query: { profile: "https://www.linkedin.com/in/jane-doe", min_likelihood: "6", titlecase: "true" },
    },
    missIsFree: true,
    hasPhoto: false,
  },
  Apollo: {
    contract: contracts.apollo,
    create: ({ baseUrl, apiKey }) => createApollo({ url: baseUrl, apiKey }, tools),
    found: {
      username: "jane-doe",
      facts: {
        firstName: "Jane",
        lastName: "Doe",
        headline: "Jane at Apollo",
        industry: "information technology & services",
        location: "Faro, Faro District, Portugal",
      },
    },
    request: {
      method: "POST",
      path: "/api/v1/people/match",
      query: { linkedin_url: "https://www.linkedin.com/in/jane-doe", reveal_personal_emails: "false" },
    },
    missIsFree: true,
  },
  Gravatar: {
    contract: contracts.gravatar,
    create: ({ baseUrl, apiKey }) => createGravatar({ url: baseUrl, apiKey }, tools),
    found: {
      username: "jane-doe",
      memberUrn: "jane-doe",
      facts: {
        firstName: "Jane",
        lastName: "Gravatar",
        headline: "Writer at Initech",
        summary: "Writes.",
        location: "Evora, Portugal",
      },
    },
    request: { method: "GET", path: `/v3/profiles/${HASH}`, query: {} },
    identifier: HASH,
  },
  GitHub: {
    contract: contracts.github,
    create: ({ baseUrl, apiKey }) => createGitHub({ url: baseUrl, token: apiKey }, tools),
    found: { username: "jane-doe", facts: { summary: "Commits.", location: "Sintra" } },
    request: { method: "GET", path: "/users/jane-doe/social_accounts", query: {} },
  },
};

let server: ProviderServer;
let outbound: Outbound;

const who = (username = "jane-doe") => ({
  username,
  kind: "username" as const,
  linkedinUrl: `https://www.linkedin.com/in/${encodeURIComponent(username)}`,
});
const asking = (more: Partial<Asking> = {}): Asking => ({
  signal: AbortSignal.timeout(5_000),
  fetch: outbound.fetch,
  email: EMAIL,
  ...more,
});

afterEach(async () => {
  expect(outbound.inFlight()).toBe(0);
  await server.stop();
});

async function start(contract: contracts.Contract): Promise<void> {
  server = await startProviderServer(contract);
  outbound = createSafeFetch({ allowPrivateHosts: [server.host] });
}

describe.each(Object.entries(SUBJECTS))("%s", (title, subject) => {
  const { contract, create, found, request, identifier = "jane-doe", hasPhoto = true } = subject;
  beforeEach(() => start(contract));

  function askAfter(behaviour: ProviderBehaviour, more: Partial<Asking> = {}): Promise<ProviderOutcome> {
    server.set(identifier, behaviour);
    return create(server).lookup(who(), asking(more));
  }

  test("tells what its contract says, field by field", async () => {
    const photo = hasPhoto ? { photoUrl: expect.stringContaining(`${server.baseUrl}/photos/`) } : {};
    expect(await askAfter({ kind: "found" })).toEqual({ kind: "found", ...found, ...photo });
    const [call] = server.calls;
    expect(call).toMatchObject({ method: request.method, path: request.path, identifier });
    expect(Object.fromEntries(call?.query ?? [])).toMatchObject(request.query);
  });

  test("leaves out what was not told, empty, or of another type than documented", async () => {
    const wrong = Object.fromEntries(
      ["first_name", "last_name", "headline", "summary", "bio", "description", "industry", "location", "location_name"]
        .concat(["occupation", "job_title", "job_company_name", "city", "state", "country", "country_full_name"])
        .concat(["photo_url", "profile_pic_url", "avatar_url", "public_picture_url", "public_picture_url_large"])
        .concat(["specifics", "organization"])
        .map((name, at) => [name, [null, "", 7, true, { a: 1 }, ["a"]][at % 6]]),
    );
    const outcome = await askAfter({ kind: "found", fields: wrong });
    expect(outcome).toMatchObject({ kind: "found", facts: {} });
    expect(outcome).not.toHaveProperty("photoUrl");
  });

  test("knows nobody of that name", async () => {
    const free = subject.missIsFree ? { free: true } : {};
    expect(await askAfter({ kind: "miss" })).toEqual({ kind: "not_found", ...free });
  });

  test("does not count LinkedIn's placeholder as a photo", async () => {
    const outcome = await askAfter({ kind: "ghost" });
    expect(outcome.kind).toBe("found");
    if (title !== "Gravatar") expect(outcome).not.toHaveProperty("photoUrl");
    expect(GHOST_URL).toContain("static.licdn.com");
  });

  test("H-IMG-83: is not believed about another person, and not asked again for this one at once", async () => {
    const outcome = await askAfter({ kind: "someone_else" });
    // GitHub's account is of another person: that is an answer, and no fault.
    if (title === "GitHub") expect(outcome).toEqual({ kind: "not_found" });
    else expect(outcome).toEqual({ kind: "transient", detail: expect.stringContaining("another"), final: true });
  });

  test.each<[string, ProviderBehaviour, string]>([
    ["a web page", { kind: "html" }, "not a profile"],
    ["broken JSON", { kind: "broken_json" }, "not a profile"],
    ["half an answer", { kind: "half" }, "broke the exchange off"],
    ["more than a megabyte", { kind: "huge", bytes: 3_000_000 }, "more bytes than allowed"],
    ["500", { kind: "answer", status: 500, body: { error: "oops" } }, "answered 500"],
    ["503 as a web page", { kind: "html", status: 503 }, "answered 503"],
    ["504 without a body", { kind: "answer", status: 504 }, "answered 504"],
    ["418", { kind: "answer", status: 418 }, "answered 418"],
  ])("H-IMG-83: %s is transient, and says why", async (_what, behaviour, why) => {
    expect(await askAfter(behaviour)).toEqual({ kind: "transient", detail: expect.stringContaining(why) });
  });

  test("H-IMG-81: silence is transient, within the deadline, and leaves no connection", async () => {
    const started = performance.now();
    expect(await askAfter({ kind: "silence" }, { signal: AbortSignal.timeout(150) })).toMatchObject({
      kind: "transient",
    });
    expect(performance.now() - started).toBeLessThan(1_500);
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  test("H-IMG-89: whoever gives up aborts the request, and that is no outcome", async () => {
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 80);
    await expect(askAfter({ kind: "silence" }, { signal: caller.signal })).rejects.toMatchObject({ kind: "aborted" });
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  test("a slow answer is an answer", async () => {
    expect(await askAfter({ kind: "slow", afterMs: 200 })).toMatchObject({ kind: "found" });
  });

  test("402 is out of credit, 400 and 422 are about this person, a foreign 404 is a wrong address", async () => {
    expect(await askAfter({ kind: "answer", status: 402 })).toEqual({ kind: "out_of_credit" });
    expect(await askAfter({ kind: "answer", status: 400, body: {} })).toMatchObject({ kind: "not_found" });
    expect(await askAfter({ kind: "answer", status: 422, body: {} })).toMatchObject({ kind: "not_found" });
    expect(await askAfter({ kind: "html", status: 404 })).toMatchObject({ kind: "misconfigured" });
  });

  test("429 says how long, by whichever header there is", async () => {
    const limited = (headers: Record<string, string>) => askAfter({ kind: "answer", status: 429, body: {}, headers });
    expect(await limited({ "retry-after": "120" })).toEqual({ kind: "rate_limited", retryAfterSeconds: 120 });
    expect(await limited({ "x-ratelimit-reset": "2026-11-21T12:00:42Z" })).toEqual({
      kind: "rate_limited",
      retryAfterSeconds: 42,
    });
    const moment = String(NOW / 1_000 + 300);
    expect(await limited({ "x-ratelimit-reset": moment })).toEqual({ kind: "rate_limited", retryAfterSeconds: 300 });
    const window = { "x-ratelimit-remaining": "{'minute': 0, 'day': None}", "x-ratelimit-limit": '{"minute": 100}' };
    expect(await limited(window)).toEqual({ kind: "rate_limited", retryAfterSeconds: 60 });
  });

  test("refuses a wrong key, and the key is in no outcome", async () => {
    server.set(identifier, { kind: "found" });
    const secret = "wrong-but-secret";
    const outcome = await create({ ...server, apiKey: secret }).lookup(who(), asking());
    expect(outcome).toEqual({ kind: "misconfigured", detail: expect.stringMatching(/key/i) });
    const echoed = await askAfter({ kind: "answer", status: 500, body: { error: `your key is ${server.apiKey}` } });
    expect(JSON.stringify([outcome, echoed])).not.toMatch(new RegExp(`${secret}|${server.apiKey}|oops`));
    // Nor in any address, where proxies and servers would write it down.
    for (const call of server.calls) expect(`${call.path}?${call.query}`).not.toContain(server.apiKey);
  });

  test("an address that is not public is misconfigured", async () => {
    const provider = create({ baseUrl: "http://10.0.0.1", apiKey: "key" });
    expect(await provider.lookup(who(), asking())).toMatchObject({ kind: "misconfigured" });
    expect(() => create({ baseUrl: "not an address", apiKey: "key" })).toThrow(/must be an address/);
  });

  test("H-IMG-82: a redirect takes the key nowhere else", async () => {
    const elsewhere = await startProviderServer(contract);
    outbound = createSafeFetch({ allowPrivateHosts: [server.host, elsewhere.host] });
    const location = `${elsewhere.baseUrl}${request.path}?${new URLSearchParams(request.query)}`;
    await askAfter({ kind: "answer", status: 302, headers: { location } });
    for (const call of elsewhere.calls) expect(JSON.stringify(call.headers)).not.toContain(server.apiKey);
    await elsewhere.stop();
  });
});

describe("EnrichLayer where only a photo is lacking", () => {
  beforeEach(() => start(contracts.enrichLayer));
  const wanted = { photo: true, facts: false };

  test("is asked by its free call, which takes no unit", async () => {
    server.set("jane-doe", { kind: "found" });
    const provider = createEnrichLayer({ url: server.baseUrl, apiKey: server.apiKey }, tools);
    expect([provider.units(wanted), provider.units({ photo: true, facts: true })]).toEqual([0, 1]);
    expect(await provider.lookup(who(), asking({ wanted }))).toEqual({
      kind: "found",
      username: "jane-doe",
      facts: {},
      photoUrl: `${server.baseUrl}/photos/jane-doe`,
    });
    expect(server.calls[0]).toMatchObject({ path: "/api/v2/person/profile-picture" });
  });

  test("a banner behind the head is no photo, and null is none either", async () => {
    const provider = createEnrichLayer({ url: server.baseUrl, apiKey: server.apiKey }, tools);
    const banner = "https://media.licdn.com/dms/image/C5/profile-displaybackgroundimage-shrink_200_800/0/1?e=1&t=x";
    for (const picture of [banner, null]) {
      server.set("jane-doe", { kind: "found", fields: { tmp_profile_pic_url: picture } });
      expect(await provider.lookup(who(), asking({ wanted }))).not.toHaveProperty("photoUrl");
    }
  });

  test("no credit left is a 403", async () => {
    server.set("jane-doe", { kind: "answer", status: 403, body: { code: 403, message: "Not enough credits" } });
    const provider = createEnrichLayer({ url: server.baseUrl, apiKey: server.apiKey }, tools);
    expect(await provider.lookup(who(), asking())).toEqual({ kind: "out_of_credit" });
    expect(provider.knows({ ...who("ACoAAAbc"), kind: "member_urn" })).toBe(false);
  });
});

describe("People Data Labs", () => {
  beforeEach(() => start(contracts.peopleDataLabs));
  const lookup = () =>
    createPeopleDataLabs({ url: server.baseUrl, apiKey: server.apiKey }, tools).lookup(who(), asking());

  test("knows a person by an earlier name too", async () => {
    const profiles = [
      { network: "twitter", username: "jane-doe" },
      { network: "linkedin", username: "jane-doe" },
    ];
    server.set("jane-doe", { kind: "found", fields: { linkedin_username: "jane-smith", profiles } });
    expect(await lookup()).toMatchObject({ kind: "found", username: "jane-doe" });
    server.set("jane-doe", {
      kind: "found",
      fields: { linkedin_username: "jane-smith", profiles: profiles.slice(0, 1) },
    });
    expect(await lookup()).toMatchObject({ kind: "transient", final: true });
  });

  test("a field that the plan only hints at is not told", async () => {
    server.set("jane-doe", { kind: "found", fields: { location_name: true, job_title: true, headline: true } });
    expect(await lookup()).toMatchObject({
      facts: { firstName: "Jane", lastName: "Doe", industry: "computer software" },
    });
  });
});

describe("Apollo", () => {
  beforeEach(() => start(contracts.apollo));
  const lookup = () => createApollo({ url: server.baseUrl, apiKey: server.apiKey }, tools).lookup(who(), asking());

  test.each([{ person: null }, { person: {} }, {}])("a 200 with %o is a miss, and free", async (body) => {
    server.set("jane-doe", { kind: "answer", status: 200, body });
    expect(await lookup()).toEqual({ kind: "not_found", free: true });
  });

  test("403 is the plan's, unless it speaks of credits", async () => {
    server.set("jane-doe", {
      kind: "answer",
      status: 403,
      body: { error: "api/v1/people/match is not accessible with this api_key", error_code: "API_INACCESSIBLE" },
    });
    expect(await lookup()).toMatchObject({ kind: "misconfigured" });
    server.set("jane-doe", { kind: "answer", status: 422, body: { error: "You have insufficient credits!" } });
    expect(await lookup()).toEqual({ kind: "out_of_credit" });
  });
});

describe("Gravatar", () => {
  beforeEach(() => start(contracts.gravatar));
  const provider = () => createGravatar({ url: server.baseUrl, apiKey: server.apiKey }, tools);

  test("is given a hash alone, and answers about that hash", async () => {
    server.set(HASH, { kind: "found" });
    expect(await provider().lookup(who(), asking())).toMatchObject({
      photoUrl: `${server.baseUrl}/photos/${HASH}?s=512&d=404`,
    });
    expect(JSON.stringify(server.calls)).not.toMatch(/example\.com/i);
    expect(provider().organizationBound).toBe(true);
  });

  test("without an address nobody is asked", async () => {
    const { email: _, ...withoutEmail } = asking();
    expect(await provider().lookup(who(), withoutEmail)).toEqual({ kind: "not_found" });
    expect(server.calls).toEqual([]);
  });
});

describe("GitHub", () => {
  beforeEach(() => start(contracts.github));
  const provider = () => createGitHub({ url: server.baseUrl, token: server.apiKey }, tools);

  test.each([
    ["none at all", []],
    ["another network", [{ provider: "twitter", url: "https://www.linkedin.com/in/jane-doe" }]],
    ["another person", [{ provider: "linkedin", url: "https://www.linkedin.com/in/jane-doe-2" }]],
    ["a company", [{ provider: "linkedin", url: "https://www.linkedin.com/company/jane-doe" }]],
    ["a foreign site", [{ provider: "linkedin", url: "https://linkedin.com.evil.example/in/jane-doe" }]],
  ])("an account that declares %s is somebody else, for one request", async (_what, accounts) => {
    server.set("jane-doe", { kind: "found", fields: { accounts } });
    expect(await provider().lookup(who(), asking())).toEqual({ kind: "not_found" });
    expect(server.calls).toHaveLength(1);
  });

  test("its limits come as 403 too", async () => {
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1_000 + 90) };
    server.set("jane-doe", { kind: "answer", status: 403, body: { message: "API rate limit exceeded" }, headers });
    expect(await provider().lookup(who(), asking())).toEqual({ kind: "rate_limited", retryAfterSeconds: 90 });
    server.set("jane-doe", { kind: "answer", status: 403, body: { message: "Forbidden" } });
    expect(await provider().lookup(who(), asking())).toMatchObject({ kind: "misconfigured" });
  });

  test("who cannot be a login there is not asked for", () => {
    const names = ["jane-doe", "jane.doe", "jane--doe", "josé", "-jane", "jane-", "a".repeat(40), "jane_doe"];
    expect(names.filter((name) => provider().knows(who(name)))).toEqual(["jane-doe"]);
  });
});
