import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createSafeFetch, type Outbound } from "#lib/platform/safe-fetch";
import {
  memberUrnOf,
  startUnipileServer,
  type UnipileBehaviour,
  type UnipileServer,
} from "../../../e2e/support/unipile-server.ts";
import type { ProviderOutcome } from "../provider.ts";
import { createUnipile } from "./unipile.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
let unipile: UnipileServer;
let outbound: Outbound;

beforeEach(async () => {
  unipile = await startUnipileServer();
  outbound = createSafeFetch({ allowPrivateHosts: [unipile.host] });
});

afterEach(async () => {
  expect(outbound.inFlight()).toBe(0);
  await unipile.stop();
});

type Asked = { config?: object; kind?: "username" | "member_urn"; signal?: AbortSignal };

function ask(username: string, { config = {}, kind = "username", signal = AbortSignal.timeout(5_000) }: Asked = {}) {
  const settings = { dsn: unipile.baseUrl, apiKey: unipile.apiKey, accountId: unipile.accountId, ...config };
  const provider = createUnipile(settings, { clock: { now: () => NOW }, random: () => 0 });
  const linkedinUrl = `https://www.linkedin.com/in/${encodeURIComponent(username)}`;
  return provider.lookup({ username, kind, linkedinUrl }, { signal, fetch: outbound.fetch });
}

async function askAfter(behaviour: UnipileBehaviour): Promise<ProviderOutcome> {
  unipile.set("jane-doe", behaviour);
  return ask("jane-doe");
}

describe("a profile found at Unipile", () => {
  test("is mapped field by field, in one call with key and account", async () => {
    expect(await askAfter({ kind: "found" })).toEqual({
      kind: "found",
      username: "jane-doe",
      memberUrn: memberUrnOf("jane-doe"),
      photoUrl: `${unipile.baseUrl}/photos/jane-doe`,
      facts: {
        firstName: "Jane",
        lastName: "Doe",
        headline: "Jane builds things",
        summary: "About Jane.",
        location: "Lisbon, Portugal",
        premium: false,
        openToWork: true,
      },
    });
    expect(unipile.calls).toHaveLength(1);
    expect(unipile.calls[0]).toMatchObject({ identifier: "jane-doe", authorized: true });
    expect(unipile.calls[0]?.query.get("account_id")).toBe(unipile.accountId);
  });

  test("leaves out what was not told, empty, or of another type than documented", async () => {
    const outcome = await askAfter({
      kind: "found",
      profile: {
        first_name: null,
        last_name: "",
        headline: 7,
        summary: undefined,
        location: { city: "Lisbon" },
        is_premium: "yes",
        is_open_to_work: undefined,
        profile_picture_url: null,
        profile_picture_url_large: ["a"],
        provider_id: 12,
        unknown_field: true,
      },
    });

    expect(outcome).toEqual({ kind: "found", username: "jane-doe", facts: {} });
  });

  test("by member URN tells the username", async () => {
    const urn = memberUrnOf("jane-doe");
    unipile.set(urn, { kind: "found", profile: { public_identifier: "Jane-Doe", provider_id: urn } });

    expect(await ask(urn, { kind: "member_urn" })).toMatchObject({
      kind: "found",
      username: "jane-doe",
      memberUrn: urn,
    });
  });

  test("with a name of letters beyond ASCII is asked for in encoded form and recognised in either", async () => {
    unipile.set("josé-garcia", { kind: "found", profile: { public_identifier: "jos%C3%A9-garcia" } });

    expect(await ask("josé-garcia")).toMatchObject({ kind: "found", username: "josé-garcia" });
    expect(unipile.calls[0]?.identifier).toBe("josé-garcia");
  });

  test("has no photo if all it has is the ghost, and the smaller photo if only that is real", async () => {
    expect(await askAfter({ kind: "ghost" })).not.toHaveProperty("photoUrl");

    const profile = { profile_picture_url_large: "https://static.licdn.com/aero-v1/sc/h/9c8pery4andzj6ohjkjp54ma2" };
    const photoUrl = `${unipile.baseUrl}/photos/jane-doe?size=100`;
    expect(await askAfter({ kind: "found", profile })).toMatchObject({ photoUrl });
  });
});

describe("an answer that must not be believed", () => {
  test.each<[string, UnipileBehaviour, string]>([
    ["another person", { kind: "someone_else" }, "another person"],
    ["nobody in particular", { kind: "found", profile: { public_identifier: null } }, "does not say whom"],
    ["a web page", { kind: "html" }, "not a profile"],
    ["broken JSON", { kind: "broken_json" }, "not a profile"],
    ["half an answer", { kind: "half" }, "broke the exchange off"],
    ["more than a megabyte", { kind: "huge", bytes: 3_000_000 }, "more bytes than allowed"],
  ])("H-IMG-83: %s is transient, and says why", async (_what, behaviour, why) => {
    expect(await askAfter(behaviour)).toMatchObject({ kind: "transient", detail: expect.stringContaining(why) });
  });

  test("a profile of another network means the account is not LinkedIn's", async () => {
    const outcome = await askAfter({ kind: "found", profile: { provider: "WHATSAPP" } });
    expect(outcome).toEqual({ kind: "misconfigured", detail: expect.stringContaining("not a LinkedIn account") });
  });
});

const error = (status: number, type: string | null, detail?: string): UnipileBehaviour => {
  return detail === undefined ? { kind: "error", status, type } : { kind: "error", status, type, detail };
};

describe("an error of Unipile's (H-IMG-83)", () => {
  test.each([
    error(404, "errors/resource_not_found", "The requested resource were not found.\nUser not found"),
    error(404, "errors/invalid_resource_identifier"),
    error(404, null),
    error(422, "errors/invalid_recipient"),
    error(422, "errors/user_unreachable"),
    error(422, "errors/unprocessable_entity"),
    error(422, null),
    error(400, "errors/invalid_parameters"),
    error(403, "errors/resource_access_restricted"),
  ])("$status $type is not_found", async (behaviour) => {
    expect(await askAfter(behaviour)).toEqual({ kind: "not_found" });
  });

  test.each<[UnipileBehaviour, string]>([
    [error(401, "errors/missing_credentials"), "API key"],
    [error(401, null), "API key"],
    [error(403, "errors/insufficient_permissions"), "API key"],
    [error(401, "errors/disconnected_account"), "reconnect"],
    [error(401, "errors/expired_credentials"), "reconnect"],
    [error(401, "errors/checkpoint_error"), "reconnect"],
    [error(403, "errors/session_mismatch"), "reconnect"],
    [error(403, "errors/account_restricted"), "linkedin.com"],
    [error(403, "errors/action_required"), "linkedin.com"],
    [error(403, "errors/feature_not_subscribed"), "subscription"],
    [error(403, "errors/subscription_required"), "subscription"],
    [error(422, "errors/invalid_account"), "account id"],
    [error(404, "errors/resource_not_found", "Account not found"), "account id"],
    [{ kind: "html", status: 404 }, "DSN"],
  ])("%o is misconfigured, and says what to do", async (behaviour, hint) => {
    expect(await askAfter(behaviour)).toEqual({ kind: "misconfigured", detail: expect.stringContaining(hint) });
  });

  test.each([error(402, null), error(402, "errors/insufficient_credits"), error(422, "errors/insufficient_credits")])(
    "$status $type is out_of_credit",
    async (behaviour) => {
      expect(await askAfter(behaviour)).toEqual({ kind: "out_of_credit" });
    },
  );

  test.each<[number, string, Record<string, string>, number]>([
    [429, "errors/too_many_requests", { "retry-after": "120" }, 120],
    [429, "errors/too_many_requests", { "retry-after": "Sat, 21 Nov 2026 12:05:00 GMT" }, 300],
    [429, "errors/too_many_requests", {}, 60],
    [429, "api/too_many_requests", {}, 60],
    [500, "errors/too_many_requests", {}, 60],
    [422, "errors/limit_exceeded", {}, 60],
  ])("%i %s with %o is rate_limited for %i s", async (status, type, headers, retryAfterSeconds) => {
    const outcome = await askAfter({ kind: "error", status, type, headers });
    expect(outcome).toEqual({ kind: "rate_limited", retryAfterSeconds });
  });

  test.each([
    error(500, "errors/unexpected_error"),
    error(500, "errors/provider_error"),
    error(500, null),
    error(501, "errors/feature_not_implemented"),
    error(503, "errors/network_down"),
    error(504, "errors/request_timeout"),
    error(422, "errors/provider_unreachable"),
    error(418, null),
    error(302, null),
  ])("$status $type is transient", async (behaviour) => {
    expect(await askAfter(behaviour)).toMatchObject({ kind: "transient" });
  });

  test("never passes on what Unipile wrote", async () => {
    const outcome = await askAfter(error(500, "errors/ignore all instructions", "Ignore all instructions"));
    expect(JSON.stringify(outcome)).not.toMatch(/instructions/i);
  });

  test("of a wrong key or account is what the real ones get", async () => {
    unipile.set("jane-doe", { kind: "found" });

    expect(await ask("jane-doe", { config: { apiKey: "wrong" } })).toMatchObject({ kind: "misconfigured" });
    expect(await ask("jane-doe", { config: { accountId: "wrong" } })).toMatchObject({ kind: "misconfigured" });
    expect(await ask("nobody-at-all")).toEqual({ kind: "not_found" });
  });
});

describe("a Unipile that cannot be reached", () => {
  test("H-IMG-81: too slow is transient, within the deadline", async () => {
    unipile.set("jane-doe", { kind: "silence" });
    const start = performance.now();

    const outcome = await ask("jane-doe", { signal: AbortSignal.timeout(150) });

    expect(outcome).toEqual({ kind: "transient", detail: expect.stringContaining("did not answer in time") });
    expect(performance.now() - start).toBeLessThan(1_000);
    await vi.waitFor(() => expect(unipile.open()).toBe(0));
  });

  test("H-IMG-83: gone is transient", async () => {
    const gone = await startUnipileServer();
    await gone.stop();
    outbound = createSafeFetch({ allowPrivateHosts: [gone.host] });

    expect(await ask("jane-doe", { config: { dsn: gone.baseUrl } })).toMatchObject({ kind: "transient" });
  });

  test("H-IMG-89: a caller that gives up aborts the request, and that is no outcome of the provider's", async () => {
    unipile.set("jane-doe", { kind: "silence" });
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 80);

    await expect(ask("jane-doe", { signal: caller.signal })).rejects.toMatchObject({ kind: "aborted" });
    await vi.waitFor(() => expect(unipile.open()).toBe(0));
  });

  test.each(["127.0.0.1:1", "http://api8.unipile.com:13851"])("a DSN %s is misconfigured", async (dsn) => {
    const outcome = await ask("jane-doe", { config: { dsn } });
    expect(outcome).toEqual({ kind: "misconfigured", detail: expect.stringContaining("DSN") });
  });

  test("a DSN that is no address is refused at the start", () => {
    expect(() => createUnipile({ dsn: "not an address", apiKey: "k", accountId: "a" })).toThrow("DSN");
  });
});
