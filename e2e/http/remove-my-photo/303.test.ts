import { expect, test, vi } from "vitest";
import type { Message } from "../../../lib/platform/mail.ts";
import { startFakeInternet } from "../../support/fake-internet.ts";
import { CLIENT } from "../../support/identity-providers.ts";
import { importPhoto } from "../../support/people.ts";
import { drawPhoto } from "../../support/photos.ts";
import { newUsername, send, testServices, workspace } from "../../support/services.ts";

async function setUp() {
  const mails: Message[] = [];
  const services = await testServices({}, { mail: async (message) => void mails.push(message) });
  const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams(fields);
    const answer = await send(services, `/remove-my-photo/${path}`, { method: "POST", body, headers });
    return { status: answer.status, to: answer.headers.get("location"), text: await answer.text(), answer };
  };
  const stateOf = async (username: string) =>
    (
      await services.db.query<{ status: string }>("select status from removal_request where username = $1", [username])
    ).map(({ status }) => status);
  return { services, mails, post, stateOf };
}

test("the answer for somebody who is stored and for somebody who is not is the same, and both are sent a link", async () => {
  const { services, mails, post } = await setUp();
  const [stored, unknown] = [newUsername("stored"), newUsername("unknown")];
  await importPhoto(services, (await workspace(services)).id, stored, await drawPhoto());
  const answers = [];
  for (const profile of [stored, unknown])
    answers.push(
      await post("ask", { profile: `https://www.linkedin.com/in/${profile}`, email: `${profile}@example.com` }),
    );
  const [one, two] = answers.map(({ answer, ...rest }) => ({
    ...rest,
    headers: [...answer.headers].filter(([name]) => name !== "x-request-id"),
  }));
  expect(one).toMatchObject({ status: 303, to: "http://avtrz.test/remove-my-photo?sent=1" });
  expect(one).toEqual(two);
  await vi.waitFor(() => expect(mails).toHaveLength(2));
  const [first, second] = mails.map(({ text }) => text.replace(/token=[\w-]+/, ""));
  expect(first).toBe(second);
});

test("a link confirms by the button alone, and once; nothing is removed by it", async () => {
  const { services, mails, post, stateOf } = await setUp();
  const profile = newUsername("confirms");
  await importPhoto(services, (await workspace(services)).id, profile, await drawPhoto());
  await post("ask", { profile, email: `${profile}@example.com`, note: "me" });
  await vi.waitFor(() => expect(mails).toHaveLength(1));
  const token = /link\?token=([\w-]{43})/.exec(mails[0]?.text ?? "")?.[1] ?? "";
  expect(await stateOf(profile)).toEqual(["unconfirmed"]);
  expect((await post("confirm", { token })).to).toBe("http://avtrz.test/remove-my-photo?confirmed=1");
  expect(await stateOf(profile)).toEqual(["waiting"]);
  expect((await post("confirm", { token })).to).toContain("error=removal_not_found");
  expect((await post("confirm", { token: "' or 1=1" })).to).toContain("error=removal_not_found");
  expect(await services.profiles.suppressions.has(profile)).toBe(false);
});

test("what is wrong comes back with what was typed; other sites' forms are refused; floods are slowed down", async () => {
  const { mails, post } = await setUp();
  const ask = (fields: Record<string, string>) =>
    post("ask", { profile: "ada-brook", email: "a@example.com", ...fields });
  expect((await ask({ profile: "https://example.com/in/x" })).to).toContain("error=unsupported_host");
  expect((await ask({ profile: "" })).to).toContain("error=invalid_username");
  expect((await ask({ email: "nobody" })).to).toMatch(/error=invalid_email&profile=ada-brook&email=nobody/);
  expect((await post("ask", { profile: "ada" }, { origin: "https://evil.example" })).status).toBe(403);
  expect((await post("confirm", {}, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  const outcomes = [];
  for (let n = 0; n < 7; n++)
    outcomes.push((await ask({ profile: newUsername(), email: `${newUsername()}@example.com` })).to);
  expect(outcomes.filter((to) => to?.endsWith("?sent=1"))).toHaveLength(5);
  expect(outcomes.at(-1)).toContain("error=too_many_removals");
  await vi.waitFor(() => expect(mails).toHaveLength(5));
});

test("an address is sent three links a day at most, and the answer does not say so", async () => {
  const { services, mails, post } = await setUp();
  const email = `${newUsername("flooded")}@example.com`;
  for (let n = 0; n < 5; n++) expect((await post("ask", { profile: newUsername(), email })).to).toMatch(/\?sent=1$/);
  await vi.waitFor(() => expect(mails).toHaveLength(3));
  expect(services.config.mail).toBeUndefined();
});

test("whoever is signed in with LinkedIn as a profile is removed at once; anything less removes nobody", async () => {
  const internet = startFakeInternet();
  const username = newUsername("proven");
  let me: object = { vanityName: username };
  const exchanges: URLSearchParams[] = [];
  await internet.site("www.linkedin.com", async (request, response) => {
    exchanges.push(new URLSearchParams(Buffer.concat(await request.toArray()).toString()));
    const granted = exchanges.at(-1)?.get("code") === "good";
    response.writeHead(granted ? 200 : 400, { "content-type": "application/json" });
    response.end(JSON.stringify(granted ? { access_token: "granted" } : { error: "invalid_grant" }));
  });
  await internet.site("api.linkedin.com", (request, response) => {
    const good = request.headers.authorization === "Bearer granted";
    response.writeHead(good ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(me));
  });
  const services = await testServices(
    { signIn: { linkedin: CLIENT }, linkedinProfileScope: "r_basicprofile" },
    { network: { lookup: internet.lookup, dial: internet.dial } },
  );
  await importPhoto(services, (await workspace(services)).id, username, await drawPhoto());
  const start = async () => {
    const answer = await send(services, "/remove-my-photo/linkedin", { method: "POST", body: new URLSearchParams() });
    const address = new URL(answer.headers.get("location") ?? "");
    return {
      address,
      state: address.searchParams.get("state") ?? "",
      cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "",
    };
  };
  const back = async (query: Record<string, string>, cookie: string) =>
    (
      await send(services, `/remove-my-photo/linkedin/callback?${new URLSearchParams(query)}`, { headers: { cookie } })
    ).headers.get("location");
  const { address, state, cookie } = await start();
  expect(address.origin + address.pathname).toBe("https://www.linkedin.com/oauth/v2/authorization");
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    client_id: CLIENT.clientId,
    scope: "r_basicprofile",
    redirect_uri: "http://avtrz.test/remove-my-photo/linkedin/callback",
  });
  // Led there by somebody else's page; with another's state; refused; with a code that is none; with an answer that names nobody.
  expect(await back({ state, code: "good" }, "")).toContain("error=linkedin_unavailable");
  expect(await back({ state: "x", code: "good" }, cookie)).toContain("error=linkedin_unavailable");
  expect(await back({ state, error: "user_cancelled_login" }, cookie)).toContain("error=linkedin_unavailable");
  expect(await back({ state, code: "bad" }, cookie)).toContain("error=linkedin_unavailable");
  for (const lie of [{}, { vanityName: "" }, { vanityName: 7 }, { vanityName: "a/../b" }]) {
    me = lie;
    expect(await back({ state, code: "good" }, cookie)).toContain("error=linkedin_unavailable");
  }
  expect(await services.profiles.suppressions.has(username)).toBe(false);
  me = { vanityName: username.toUpperCase() };
  expect(await back({ state, code: "good" }, cookie)).toBe("http://avtrz.test/remove-my-photo?removed=1");
  expect(await services.profiles.suppressions.has(username)).toBe(true);
  expect(exchanges.at(-1)?.get("client_secret")).toBe(CLIENT.clientSecret);
  await internet.stop();
});
