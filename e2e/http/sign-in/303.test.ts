import { expect, test, vi } from "vitest";
import { send, steppedClock, testServices } from "../../support/services.ts";
import {
  fieldFor,
  linkIn,
  mailingServices,
  newEmail,
  post,
  press,
  sessionCookie,
  signInAs,
} from "../../support/sign-in.ts";

const NEXT = "/oauth/authorize/areq_0123456789";

test("a link asked for by mail signs in once, and leads back to where somebody wanted to go", async () => {
  const { services, outbox } = await mailingServices();
  const email = newEmail();
  const asked = await post(services, "/api/auth/signin/email", { email: ` ${email.toUpperCase()} `, next: NEXT });
  expect([asked.status, asked.headers.get("location")]).toEqual([
    303,
    `http://avtrz.test/sign-in?next=${encodeURIComponent(NEXT)}&sent=1`,
  ]);
  expect(outbox.map(({ to }) => to)).toEqual([email]);
  const link = linkIn(outbox[0]);
  expect([link.origin, link.pathname]).toEqual(["http://avtrz.test", "/sign-in/link"]);

  const pressed = await press(services, link, { "user-agent": "Mozilla/5.0 (test)" });
  expect([pressed.status, pressed.headers.get("location")]).toEqual([303, `http://avtrz.test${NEXT}`]);
  const cookie = sessionCookie(pressed);
  const session = await services.sessions.find(cookie.split("=")[1] ?? "");
  expect(session).toMatchObject({ email });
  const [row] = await services.db.query("select user_agent from session where id = $1", [session?.sessionId]);
  expect(row).toEqual({ user_agent: "Mozilla/5.0 (test)" });

  const again = await press(services, link);
  expect(again.headers.get("location")).toContain("/sign-in?");
  expect(again.headers.get("location")).toContain("error=link");
  expect(again.headers.getSetCookie().join()).not.toContain("avtrz.session");
});

test("the session's cookie is out of reach of scripts and other sites, and under https of every other host", async () => {
  for (const [publicUrl, name] of [
    ["http://avtrz.test", "avtrz.session"],
    ["https://avtrz.test", "__Host-avtrz.session"],
  ] as const) {
    const services = await testServices({ publicUrl });
    const email = newEmail();
    const { token } = await services.signInLinks.create(email);
    const answer = await post(services, "/api/auth/callback/email", { token, email });
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith(`${name}=`)) ?? "";
    expect(cookie).toMatch(/; Path=\/;.*; HttpOnly(;.*)?; SameSite=Lax/);
    expect(/; Secure/.test(cookie)).toBe(publicUrl.startsWith("https"));
    expect(cookie).not.toMatch(/domain/i);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  }
});

test("opening a link uses nothing up: scanners of mail do it too", async () => {
  const { services, outbox } = await mailingServices();
  await post(services, "/api/auth/signin/email", { email: newEmail() });
  const link = linkIn(outbox[0]);
  for (const method of ["GET", "HEAD"]) {
    const opened = await send(services, `/api/auth/callback/email${link.search}`, { method });
    expect([opened.status, opened.headers.get("location")]).toEqual([303, link.href]);
    expect(opened.headers.getSetCookie()).toEqual([]);
  }
  sessionCookie(await press(services, link));
});

test("a link is good for an hour, one of the operator's for a day", async () => {
  const clock = steppedClock();
  const { services, outbox } = await mailingServices({}, { clock });
  const email = newEmail();
  await post(services, "/api/auth/signin/email", { email });
  const { token } = await services.signInLinks.create(email);
  clock.advance(61 * 60_000);
  expect((await press(services, linkIn(outbox[0]))).headers.get("location")).toContain("error=link");
  clock.advance(22 * 3_600_000);
  sessionCookie(await post(services, "/api/auth/callback/email", { token, email }));
});

test("a link is for one address, and at rest there is neither it nor the address", async () => {
  const services = await testServices();
  const email = newEmail();
  const { token } = await services.signInLinks.create(email);
  const rows = await services.db.query(
    "select identifier, encode(token_hash, 'escape') as hash from verification_token",
  );
  expect(JSON.stringify(rows)).not.toContain(token);
  expect(JSON.stringify(rows)).not.toContain(email);
  const other = await post(services, "/api/auth/callback/email", { token, email: newEmail() });
  expect(other.headers.get("location")).toContain("error=link");
  sessionCookie(await post(services, "/api/auth/callback/email", { token, email }));
});

test("of fifty who press the button of one link at once, one is signed in", async () => {
  const services = await testServices();
  const email = newEmail();
  const { token } = await services.signInLinks.create(email);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => post(services, "/api/auth/callback/email", { token, email })),
  );
  expect(answers.filter((answer) => answer.headers.getSetCookie().join().includes("avtrz.session="))).toHaveLength(1);
});

test("a first sign-in makes one user, one workspace and its owner, however many come at once", async () => {
  const services = await testServices();
  const email = newEmail();
  const signedIn = await Promise.all(Array.from({ length: 8 }, () => signInAs(services, email)));
  expect(new Set(signedIn.map(({ userId }) => userId)).size).toBe(1);
  const workspaces = await services.organizations.ofUser(signedIn[0]?.userId ?? "");
  expect(workspaces).toEqual([{ id: expect.stringMatching(/^org_/), name: expect.any(String), role: "owner" }]);
  expect(workspaces[0]?.name).toBe(`${email.split("@")[0]}'s workspace`);
});

test("without a mail server the link stands in the terminal", async () => {
  const services = await testServices();
  const written = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const email = newEmail();
  await post(services, "/api/auth/signin/email", { email, next: "/workspaces" });
  const text = written.mock.calls.map(([line]) => String(line)).join("");
  written.mockRestore();
  expect(text).toContain(email);
  sessionCookie(await press(services, linkIn({ to: "", subject: "", text })));
});

test("a mail that cannot be sent, and an address that is none, are told", async () => {
  const { services } = await mailingServices({}, { mail: () => Promise.reject(new Error("550 no")) });
  const unsent = await post(services, "/api/auth/signin/email", { email: newEmail() });
  expect(unsent.headers.get("location")).toBe("http://avtrz.test/sign-in?error=mail");
  for (const email of ["", "ada", "a@example.com,eve@evil.example", "a@example.com\nBcc: eve@evil.example"]) {
    const refused = await post(services, "/api/auth/signin/email", { email, next: NEXT });
    expect(refused.headers.get("location")).toContain("error=email");
    expect(refused.headers.get("location")).toContain(encodeURIComponent(NEXT));
  }
});

test("nobody's mailbox is filled: five links may be open to one address", async () => {
  const { services, outbox } = await mailingServices();
  const email = newEmail();
  const answers: (string | null)[] = [];
  for (let i = 0; i < 7; i++)
    answers.push((await post(services, "/api/auth/signin/email", { email })).headers.get("location"));
  expect(answers.filter((location) => location?.includes("error=too_many"))).toHaveLength(2);
  expect(outbox).toHaveLength(5);
});

test("who keeps trying from one network address has to wait", async () => {
  const services = await testServices({ rateLimits: { organization: 9, key: 9, user: 9, address: 3 } });
  const attempts = Array.from({ length: 5 }, () =>
    post(services, "/api/auth/callback/email", { token: "x", email: "a@example.com" }),
  );
  const locations = (await Promise.all(attempts)).map((answer) => answer.headers.get("location") ?? "");
  expect(locations.filter((location) => location.includes("error=too_many"))).toHaveLength(2);
});

test("signing out ends the session, and only a form of ours can do it", async () => {
  const services = await testServices();
  const { cookie } = await signInAs(services, newEmail());
  const token = cookie.split("=")[1] ?? "";
  const forged = await post(services, "/api/auth/signout", { form_token: "x" }, { cookie });
  expect(forged.status).toBe(403);
  expect(await services.sessions.find(token)).not.toBeNull();
  const out = await post(services, "/api/auth/signout", fieldFor(services, cookie, "sign-out"), { cookie });
  expect([out.status, out.headers.get("location")]).toEqual([303, "http://avtrz.test/"]);
  expect(out.headers.getSetCookie().join()).toMatch(/avtrz\.session=; Max-Age=0/);
  expect(await services.sessions.find(token)).toBeNull();
});

test("signing in as somebody else ends the session that was there, and adds nothing to its user", async () => {
  const services = await testServices();
  const [ada, eve] = [newEmail(), newEmail()];
  const first = await signInAs(services, ada);
  const { token } = await services.signInLinks.create(eve);
  const cookie = sessionCookie(
    await post(services, "/api/auth/callback/email", { token, email: eve }, { cookie: first.cookie }),
  );
  expect(await services.sessions.find(first.cookie.split("=")[1] ?? "")).toBeNull();
  expect(await services.sessions.find(cookie.split("=")[1] ?? "")).toMatchObject({ email: eve });
});
