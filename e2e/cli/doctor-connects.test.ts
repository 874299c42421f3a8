import { expect, test } from "vitest";
import { examine } from "../../bin/doctor/examine.ts";
import type { Verdict } from "../../bin/doctor/step.ts";
import { behindProxy, type ReverseProxy, rewriting, rewritingJson } from "../support/behind-proxy.ts";
import { decide, requestIdOf } from "../support/oauth.ts";
import { importPhoto } from "../support/people.ts";
import { person } from "../support/person.ts";
import { drawPhoto } from "../support/photos.ts";
import { newUsername, used, workspace } from "../support/services.ts";

type Press = "allow" | "deny" | "nothing";

/** The doctor's whole visit, while somebody at a browser presses a button of the consent screen. */
async function visit(
  options: { proxy?: ReverseProxy; press?: Press; profile?: string; answer?: (url: URL) => URL } = {},
) {
  const { press = "allow", answer = (url: URL) => url } = options;
  const { mcp, services } = await behindProxy(options.proxy ? { proxy: options.proxy } : {});
  const { id: organization } = await workspace(services);
  const who = await person(services, { [organization]: "owner" });
  if (options.profile) await importPhoto(services, organization, options.profile, await drawPhoto());
  const pressing = async (address: string) => {
    const asked = await fetch(address, { headers: { cookie: who.cookie }, redirect: "manual" });
    const decided = await decide(services, who, requestIdOf(asked), { decision: press, organization });
    await fetch(answer(new URL(decided.headers.get("location") ?? "")));
  };
  const verdicts = await examine(mcp, {
    discoveryOnly: false,
    waitSeconds: press === "nothing" ? 0.3 : 20,
    profile: options.profile && `https://www.linkedin.com/in/${options.profile}`,
    onVerdict: () => undefined,
    tell(line) {
      const address = line.match(/https?:\S+/)?.[0] ?? "";
      if (press !== "nothing") void pressing(address);
    },
  });
  const failed = verdicts.filter(({ verdict }) => verdict === "failed");
  return { verdicts, failed, services, organization, userId: who.userId };
}

const verdictOf = (verdicts: Verdict[], step: string) => verdicts.find((one) => one.step === step)?.verdict;

test("a whole visit signs in, gets tokens, refreshes, calls a tool for nothing, and leaves no token that works", async () => {
  const { verdicts, services, organization } = await visit();
  expect(verdicts.map(({ step, verdict }) => `${verdict} ${step}`)).toEqual([
    "passed reachable",
    "passed challenge",
    "passed resource metadata",
    "passed authorization server",
    "passed registration",
    "passed proof key",
    "passed authorization",
    "passed token",
    "passed refresh",
    "passed tools",
    "passed tool call",
    "passed revocation",
  ]);
  expect(await used(services, organization)).toBe(0);
  const working = await services.db.query(
    `select 1 from access_token t join connection c on c.id = t.connection_id
     where c.organization_id = $1 and t.revoked_at is null and c.revoked_at is null`,
    [organization],
  );
  expect(working).toEqual([]);
});

test("with --profile it asks for that person's photo, which is one unit", async () => {
  const { verdicts, services, organization } = await visit({ profile: newUsername("jane") });
  const call = verdicts.find(({ step }) => step === "tool call");
  expect(call).toMatchObject({ verdict: "passed", seen: expect.stringMatching(/^get_profile_avatar .*image/) });
  expect(await used(services, organization)).toBe(1);
});

test("who presses Deny, and who presses nothing, are told so", async () => {
  const denied = await visit({ press: "deny" });
  expect(denied.failed).toEqual([expect.objectContaining({ step: "authorization", likelyCause: "Deny was pressed." })]);
  const waited = await visit({ press: "nothing" });
  expect(waited.failed).toEqual([
    expect.objectContaining({ step: "authorization", cure: expect.stringContaining("--timeout") }),
  ]);
  expect(verdictOf(waited.verdicts, "token")).toBe("skipped");
});

test.each<[what: string, name: string, value: string | null, seen: RegExp]>([
  ["a changed state", "state", "another", /state came back changed/],
  ["another issuer", "iss", "https://other.example", /iss in the answer/],
  ["no issuer", "iss", null, /iss in the answer/],
])("an answer with %s is not believed", async (_what, name, value, seen) => {
  const answer = (url: URL) => {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
    return url;
  };
  const { failed, verdicts } = await visit({ answer });
  expect(failed).toEqual([expect.objectContaining({ step: "authorization", seen: expect.stringMatching(seen) })]);
  expect(verdictOf(verdicts, "token")).toBe("skipped");
});

test.each<[cause: string, proxy: ReverseProxy, step: string, likelyCause: RegExp]>([
  ["rewrites token answers", rewritingJson("/oauth/token", () => ({ nothing: true })), "token", /rewritten/],
  [
    "gives no refresh token",
    rewritingJson("/oauth/token", ({ refresh_token: _, ...tokens }) => tokens),
    "token",
    /Another authorization server/,
  ],
  ["answers refreshes from a cache", remembering("/oauth/token"), "refresh", /cache/],
  ["swallows revocations", swallowing("/oauth/revoke"), "revocation", /cache/],
])("a proxy that %s is found out, and what can be revoked is", async (_what, proxy, step, likelyCause) => {
  const { failed } = await visit({ proxy });
  expect(failed[0]).toMatchObject({ step, likelyCause: expect.stringMatching(likelyCause) });
});

test("a proxy that lets token answers be cached is noted", async () => {
  const proxy = rewriting("/oauth/token", (answer) => {
    answer.headers.set("cache-control", "public, max-age=60");
    return answer;
  });
  const { verdicts, failed } = await visit({ proxy });
  expect(failed).toEqual([]);
  expect(verdicts.find(({ step }) => step === "token")?.notes.join()).toMatch(/Cache-Control/);
});

function remembering(pathname: string): ReverseProxy {
  let kept: Promise<Response> | undefined;
  return async (request, next) => {
    if (new URL(request.url).pathname !== pathname) return next(request);
    if (request.headers.get("content-length") === "0") return next(request);
    kept ??= next(request);
    return (await kept).clone();
  };
}

function swallowing(pathname: string): ReverseProxy {
  return (request, next) =>
    new URL(request.url).pathname === pathname && request.headers.get("content-length") !== "0"
      ? Promise.resolve(new Response(null, { status: 200 }))
      : next(request);
}
