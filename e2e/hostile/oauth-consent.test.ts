import { describe, expect, test } from "vitest";
import { consentPurpose } from "../../lib/http/index.ts";
import { CONSENT_HEADERS } from "../../lib/http/security-headers.ts";
import type { Services } from "../../lib/services.ts";
import {
  authorizationParameters,
  authorize,
  decide,
  exchange,
  pkce,
  REDIRECT,
  registerClient,
  requestIdOf,
} from "../support/oauth.ts";
import { form, type Person, person } from "../support/person.ts";
import { send, testServices, workspace } from "../support/services.ts";

async function setUp() {
  const services = await testServices();
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "owner" });
  const clientId = await registerClient(services);
  const proof = pkce();
  const requestId = requestIdOf(await authorize(services, authorizationParameters(services, clientId, proof), who));
  return { services, id, who, clientId, proof, requestId };
}

function post(services: Services, requestId: string, body: URLSearchParams, headers: Record<string, string>) {
  return send(services, `/oauth/authorize/decision?request=${requestId}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: body.toString(),
  });
}

async function expectNothingGranted(services: Services, answer: Response, clientId: string, status = 403) {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("location")).toBeNull();
  expect(answer.headers.get("x-frame-options")).toBe("DENY");
  expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(await services.db.query("select from connection where client_id = $1", [clientId])).toEqual([]);
  expect(await services.db.query("select from authorization_code where client_id = $1", [clientId])).toEqual([]);
}

describe("H-OAUTH-22 a form that no page of ours sent grants nothing", () => {
  const allow = (id: string) => ({ decision: "allow", organization: id });

  test("without a token, with half of one, with one of another request, purpose or session", async () => {
    const { services, id, who, clientId, requestId } = await setUp();
    const sameSession = { cookie: who.cookie };
    const right = form(services, who, consentPurpose(requestId), allow(id));
    const half = new URLSearchParams({
      ...Object.fromEntries(right),
      form_token: right.get("form_token")?.slice(0, -1) ?? "",
    });
    const otherRequest = requestIdOf(
      await authorize(services, authorizationParameters(services, clientId, pkce()), who),
    );
    const other = await person(services, { [id]: "owner" });
    const { token } = await services.sessions.create(who.userId, "another browser");
    const elsewhere: Person = { ...who, token };
    for (const body of [
      new URLSearchParams(allow(id)),
      half,
      form(services, who, consentPurpose(otherRequest), allow(id)),
      form(services, who, "connections", allow(id)),
      form(services, other, consentPurpose(requestId), allow(id)),
      form(services, elsewhere, consentPurpose(requestId), allow(id)),
    ])
      await expectNothingGranted(services, await post(services, requestId, body, sameSession), clientId);
    expect((await post(services, requestId, right, sameSession)).status).toBe(303);
  });

  test("after its session ended", async () => {
    const { services, id, who, clientId, requestId } = await setUp();
    await services.sessions.end(who.token);
    const body = form(services, who, consentPurpose(requestId), allow(id));
    await expectNothingGranted(services, await post(services, requestId, body, { cookie: who.cookie }), clientId, 400);
  });

  test.each<Record<string, string>>([
    { origin: "null" },
    { origin: "https://evil.example" },
    { origin: "https://avtrz.test" },
    { origin: "http://avtrz.test.evil.example" },
    { origin: "" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "http://avtrz.test", "sec-fetch-site": "cross-site" },
  ])("when the browser says that it came from elsewhere: %j", async (headers) => {
    const { services, id, who, clientId, requestId } = await setUp();
    await expectNothingGranted(services, await decide(services, who, requestId, allow(id), headers), clientId);
  });

  test("as anything else than a form", async () => {
    const { services, id, who, clientId, requestId } = await setUp();
    for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/json"])
      await expectNothingGranted(
        services,
        await decide(services, who, requestId, allow(id), { "content-type": type }),
        clientId,
        415,
      );
  });

  test.each<Record<string, string>>([
    {},
    { origin: "http://avtrz.test" },
    { origin: "http://avtrz.test", "sec-fetch-site": "same-origin" },
  ])("while our own page's does: %j", async (headers) => {
    const { services, id, who, requestId } = await setUp();
    expect((await decide(services, who, requestId, allow(id), headers)).status).toBe(303);
  });
});

test("H-OAUTH-22 the consent page lets browsers say where its form came from: under no-referrer they would not", () => {
  const headers = Object.fromEntries(CONSENT_HEADERS.map(({ key, value }) => [key, value]));
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["content-security-policy"]).not.toContain("form-action");
});

test("H-OAUTH-25 what the form says beyond the choice and the workspace has no effect", async () => {
  const { services, id, who, clientId, proof, requestId } = await setUp();
  const answer = await decide(services, who, requestId, {
    decision: "allow",
    organization: id,
    scope: "personas:read",
    redirect_uri: "https://evil.example/",
    client_id: "cli_evil",
    state: "evil",
    code_challenge: "evil",
    user_id: "usr_evil",
  });
  const location = new URL(answer.headers.get("location") ?? "");
  expect(location.origin + location.pathname).toBe(REDIRECT);
  expect(location.searchParams.get("state")).toBe("a state");
  const code = location.searchParams.get("code") ?? "";
  const tokens = await (
    await exchange(services, { clientId, code, verifier: proof.verifier, organizationId: id })
  ).json();
  expect(tokens).toMatchObject({ scope: "avatars:read profiles:read keys:read" });
});

describe("H-OAUTH-26 a workspace that is not one's own cannot be connected", () => {
  test("one left a second ago, when the page still offered it", async () => {
    const { services, id, who, clientId, requestId } = await setUp();
    await services.db.query("delete from membership where organization_id = $1 and user_id = $2", [id, who.userId]);
    await expectNothingGranted(
      services,
      await decide(services, who, requestId, { decision: "allow", organization: id }),
      clientId,
    );
    const other = await workspace(services);
    await services.db.query("insert into membership (organization_id, user_id, role) values ($1, $2, 'member')", [
      other.id,
      who.userId,
    ]);
    // The refusal did not use the request up: another choice can be made.
    expect((await decide(services, who, requestId, { decision: "allow", organization: other.id })).status).toBe(303);
  });

  test.each(["", "org_nobody", "\0"])("one that is none: %j", async (organization) => {
    const { services, who, clientId, requestId } = await setUp();
    const answer = await decide(services, who, requestId, { decision: "allow", organization });
    await expectNothingGranted(services, answer, clientId, organization === "\0" ? 400 : 403);
  });
});

test("a decision is made once: a second click leads where the first did, and another person's leads nowhere", async () => {
  const { services, id, who, requestId } = await setUp();
  const allow = { decision: "allow", organization: id };
  const answers = await Promise.all([1, 2, 3].map(() => decide(services, who, requestId, allow)));
  expect(new Set(answers.map((answer) => answer.headers.get("location"))).size).toBe(1);
  expect(answers.map((answer) => answer.status)).toEqual([303, 303, 303]);
  expect((await decide(services, who, requestId, { decision: "deny" })).headers.get("location")).toBe(
    answers[0]?.headers.get("location"),
  );
  const other = await person(services, { [id]: "owner" });
  expect((await decide(services, other, requestId, allow)).status).toBe(410);
});

test("nothing is granted by looking: GET of the decision is refused", async () => {
  const { services, who, clientId, requestId } = await setUp();
  const answer = await send(services, `/oauth/authorize/decision?request=${requestId}&decision=allow`, {
    headers: { cookie: who.cookie },
  });
  await expectNothingGranted(services, answer, clientId, 405);
});
