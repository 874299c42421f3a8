import { expect, test } from "vitest";
import { authorizationParameters, authorize, decide, pkce, registerClient, requestIdOf } from "../../support/oauth.ts";
import { person } from "../../support/person.ts";
import { send, steppedClock, testServices, workspace } from "../../support/services.ts";

async function setUp() {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "owner" });
  const parameters = authorizationParameters(services, await registerClient(services), pkce());
  return { services, clock, id, who, requestId: requestIdOf(await authorize(services, parameters, who)) };
}

async function expectPage(answer: Response, status: number, code: string) {
  expect([answer.status, answer.headers.get("x-error-code")]).toEqual([status, code]);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(answer.headers.get("location")).toBeNull();
}

test("400: nobody is signed in", async () => {
  const { services, requestId } = await setUp();
  const answer = await send(services, `/oauth/authorize/decision?request=${requestId}`, { method: "POST" });
  await expectPage(answer, 400, "sign_in_needed");
});

test("403: the form is not one that our page sent, or the workspace is not the person's", async () => {
  const { services, id, who, requestId } = await setUp();
  const elsewhere = { origin: "https://evil.example" };
  await expectPage(
    await decide(services, who, requestId, { decision: "allow", organization: id }, elsewhere),
    403,
    "form_refused",
  );
  const other = await workspace(services);
  await expectPage(
    await decide(services, who, requestId, { decision: "allow", organization: other.id }),
    403,
    "not_a_member",
  );
});

test("410: half an hour later, after a minute of being answered, and for a request that never was", async () => {
  const { services, clock, id, who, requestId } = await setUp();
  const allow = { decision: "allow", organization: id };
  const unknown = `areq_${"0".repeat(26)}`;
  for (const over of [unknown, "areq_", "x", ""])
    await expectPage(await decide(services, who, over, allow), 410, "authorization_request_over");
  expect((await decide(services, who, requestId, allow)).status).toBe(303);
  clock.advance(60_001);
  await expectPage(await decide(services, who, requestId, allow), 410, "authorization_request_over");
  const parameters = authorizationParameters(services, await registerClient(services), pkce());
  const late = requestIdOf(await authorize(services, parameters, who));
  clock.advance(30 * 60_000);
  await expectPage(await decide(services, who, late, allow), 410, "authorization_request_over");
});
