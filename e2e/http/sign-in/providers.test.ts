import { expect, test } from "vitest";
import { SIGN_IN_PROVIDERS, type SignInProvider } from "../../../lib/platform/config.ts";
import type { Services } from "../../../lib/services.ts";
import { CLIENT, standInForProviders } from "../../support/identity-providers.ts";
import { testServices } from "../../support/services.ts";
import { newEmail, post, sendFrom, sessionCookie, signInAs } from "../../support/sign-in.ts";

const ALL = { signIn: { google: CLIENT, github: CLIENT, linkedin: CLIENT } };
const NEXT = "/oauth/authorize/areq_0123456789";
let identities = Date.now();
const newIdentity = () => ({ id: String(identities++), name: "Ada\u202E Brook\n", email: newEmail(), verified: true });

/** Presses a provider's button. */
async function begin(services: Services, provider: string, headers: Record<string, string> = {}) {
  const answer = await post(services, `/api/auth/signin/${provider}`, { next: NEXT }, headers);
  expect(answer.status).toBe(303);
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return { at: new URL(answer.headers.get("location") ?? ""), cookie: cookies.join("; ") };
}

/** Comes back from the provider, as the browser that left, or with what is given. */
function comeBack(
  services: Services,
  provider: string,
  cookie: string,
  query: Record<string, string>,
): Promise<Response> {
  return sendFrom(services, `/api/auth/callback/${provider}?${new URLSearchParams(query)}`, { headers: { cookie } });
}

async function signInWith(services: Services, provider: SignInProvider, carried = ""): Promise<Response> {
  const { at, cookie } = await begin(services, provider);
  const state = at.searchParams.get("state") ?? "";
  return comeBack(services, provider, `${cookie}; ${carried}`, { code: "a-code", state });
}

async function userOf(services: Services, answer: Response) {
  return services.sessions.find(sessionCookie(answer).split("=")[1] ?? "");
}

test.each(SIGN_IN_PROVIDERS)(
  "%s: a verified address signs its user in, whichever way they came before",
  async (provider) => {
    const who = newIdentity();
    const { exchanges } = await standInForProviders(who);
    const services = await testServices(ALL);
    const byLink = await signInAs(services, who.email);
    const answer = await signInWith(services, provider);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `http://avtrz.test${NEXT}`]);
    expect(await userOf(services, answer)).toMatchObject({ userId: byLink.userId, email: who.email });
    expect(exchanges[0]?.get("redirect_uri")).toBe(`http://avtrz.test/api/auth/callback/${provider}`);
    expect(exchanges[0]?.has("code_verifier")).toBe(provider !== "linkedin");
    // From now on the identity counts, not its address.
    Object.assign(who, { email: newEmail() });
    expect(await userOf(services, await signInWith(services, provider))).toMatchObject({ userId: byLink.userId });
  },
);

test.each(SIGN_IN_PROVIDERS)(
  "%s: a first sign-in makes a user with a name that can be shown, and a workspace",
  async (provider) => {
    await standInForProviders(newIdentity());
    const services = await testServices(ALL);
    const session = await userOf(services, await signInWith(services, provider));
    expect(session?.name).toBe("Ada Brook");
    const workspaces = await services.organizations.ofUser(session?.userId ?? "");
    expect(workspaces).toMatchObject([{ name: "Ada Brook's workspace", role: "owner" }]);
  },
);

test.each(SIGN_IN_PROVIDERS)(
  "%s: an address that is not verified signs nobody in, and makes nobody",
  async (provider) => {
    const who = { ...newIdentity(), verified: false };
    await standInForProviders(who);
    const services = await testServices(ALL);
    const answer = await signInWith(services, provider);
    expect(answer.headers.get("location")).toBe("http://avtrz.test/sign-in?error=unverified");
    expect(answer.headers.getSetCookie().join()).not.toContain("avtrz.session");
    expect(await services.users.findByEmail(who.email)).toBeNull();
    const victim = await signInAs(services, who.email);
    await signInWith(services, provider);
    expect(await services.db.query("select 1 from account where user_id = $1", [victim.userId])).toEqual([]);
  },
);

test.each(SIGN_IN_PROVIDERS)(
  "%s: an answer to another browser's question, or to none, signs nobody in",
  async (provider) => {
    const who = newIdentity();
    await standInForProviders(who);
    const services = await testServices(ALL);
    const { at, cookie } = await begin(services, provider);
    const state = at.searchParams.get("state") ?? "";
    const attempts = [
      comeBack(services, provider, "", { code: "a-code", state }),
      comeBack(services, provider, cookie, { code: "a-code", state: "another" }),
      comeBack(services, provider, cookie, { code: "a-code" }),
      comeBack(services, provider, cookie, { error: "access_denied", state }),
    ];
    for (const answer of await Promise.all(attempts)) {
      expect(answer.headers.get("location")).toMatch(/^http:\/\/avtrz\.test\/sign-in\?.*error=provider$/);
      expect(answer.headers.getSetCookie().join()).not.toContain("avtrz.session");
    }
    expect(await services.users.findByEmail(who.email)).toBeNull();
  },
);

test("who signs in at a provider while somebody else is signed in here is not mixed up with them", async () => {
  const who = newIdentity();
  await standInForProviders(who);
  const services = await testServices(ALL);
  const there = await signInAs(services, newEmail());
  const session = await userOf(services, await signInWith(services, "github", there.cookie));
  expect(session).toMatchObject({ email: who.email });
  expect(await services.db.query("select 1 from account where user_id = $1", [there.userId])).toEqual([]);
  expect(await services.sessions.find(there.cookie.split("=")[1] ?? "")).toBeNull();
});

test("where a provider sends people back to is configuration, whatever headers say", async () => {
  await standInForProviders(newIdentity());
  const services = await testServices({ ...ALL, publicUrl: "https://avtrz.example" });
  const forged = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
  for (const provider of SIGN_IN_PROVIDERS) {
    const { at } = await begin(services, provider, forged);
    expect(at.searchParams.get("redirect_uri")).toBe(`https://avtrz.example/api/auth/callback/${provider}`);
  }
});

test("a provider that is not configured is not there", async () => {
  const services = await testServices({ signIn: { github: CLIENT } });
  for (const provider of ["google", "linkedin", "credentials", "constructor", ""]) {
    expect((await post(services, `/api/auth/signin/${provider}`, {})).status).toBe(404);
    expect((await sendFrom(services, `/api/auth/callback/${provider}?code=x&state=x`)).status).toBe(404);
  }
  for (const target of [
    "session",
    "providers",
    "csrf",
    "signin",
    "signin/github",
    "error",
    "signout",
    "_log",
    "callback/email/x",
  ])
    expect([target, (await sendFrom(services, `/api/auth/${target}`)).status]).toEqual([target, 404]);
});
