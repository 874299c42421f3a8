/** Mails where they are due: once to each who should get one, on a real mail server. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { invite } from "../../lib/http/index.ts";
import { INVITATION_MAILS_A_DAY } from "../../lib/organizations/index.ts";
import type { Config } from "../../lib/platform/config.ts";
import type { Jobs } from "../../lib/platform/jobs.ts";
import { type MailServer, startMailServer } from "../../lib/platform/mail-server.fixture.ts";
import type { Services } from "../../lib/services.ts";
import { form, person } from "../support/person.ts";
import { findingOf, report, startScanner } from "../support/scanner.ts";
import { getAvatar, newUsername, send, steppedClock, testServices, workspace } from "../support/services.ts";
import { newEmail } from "../support/sign-in.ts";

let server: MailServer;
const scanner = await startScanner();
beforeAll(async () => {
  server = await startMailServer();
});
beforeEach(() => {
  server.received.length = 0;
  server.refuse(0);
});
afterAll(async () => {
  await server.stop();
  await scanner.stop();
});

const mailing = (): Partial<Config> => ({ mail: { smtpUrl: server.url, from: "Avtrz <avtrz@avtrz.test>" } });
/** Of other tests' organizations on the same database there may be notices too. */
const mailsTo = (email: string) => server.received.filter(({ to }) => to.includes(email)).map(({ mail }) => mail);

/** A workspace with two owners and an admin, limited to ten requests. */
async function setUp() {
  const clock = steppedClock();
  const services = await testServices(mailing(), { clock });
  const own = await workspace(services, { avatar_requests: 10 });
  const [owner, second, admin] = await Promise.all([
    person(services, { [own.id]: "owner" }),
    person(services, { [own.id]: "owner" }),
    person(services, { [own.id]: "admin" }),
  ]);
  return { clock, services, own, owner, second, admin };
}

async function spend(services: Services, key: string, units: number): Promise<void> {
  for (let unit = 0; unit < units; unit++) await getAvatar(services, { key, username: newUsername() });
}

/** As the worker does each minute. */
async function minutePasses(services: Services): Promise<void> {
  await services.notices.lookAtLimits();
  await services.notices.sendDue();
}

test("owners, and no others, are told once when 80 % of a limit is used and once when all of it is", async () => {
  const { services, own, owner, second, admin } = await setUp();
  await spend(services, own.key, 7);
  await minutePasses(services);
  expect(mailsTo(owner.email)).toEqual([]);
  await spend(services, own.key, 1);
  for (let minute = 0; minute < 3; minute++) await minutePasses(services);
  for (const { email } of [owner, second]) {
    expect(mailsTo(email).map(({ subject }) => subject)).toEqual([
      "80 % of the month’s avatar requests are used: Test",
    ]);
  }
  await spend(services, own.key, 5);
  for (let minute = 0; minute < 3; minute++) await minutePasses(services);
  expect(mailsTo(owner.email)).toHaveLength(2);
  expect(mailsTo(owner.email)[1]?.text).toContain("10 of 10 avatar requests of this month are used in “Test”.");
  expect(mailsTo(admin.email)).toEqual([]);
});

test("who jumps to 100 % is not told of 80 % as well, and the next month begins anew", async () => {
  const { services, clock, own, owner } = await setUp();
  await spend(services, own.key, 10);
  await minutePasses(services);
  await services.quotas.limits.setLimit(own.id, "avatar_requests", 12, "test");
  await minutePasses(services);
  expect(mailsTo(owner.email).map(({ subject }) => subject)).toEqual(["The month’s avatar requests are used up: Test"]);
  clock.advance(32 * 86_400_000);
  await spend(services, own.key, 10);
  await minutePasses(services);
  expect(mailsTo(owner.email)).toHaveLength(2);
  expect(mailsTo(owner.email)[1]?.subject).toMatch(/^80 %/);
});

test("exactly one mail is sent to each, however many processes look at the same moment", async () => {
  const { services, clock, own, owner, second } = await setUp();
  const others = await Promise.all(Array.from({ length: 3 }, () => testServices(mailing(), { clock })));
  await spend(services, own.key, 9);
  await Promise.all([services, ...others].flatMap((one) => [minutePasses(one), minutePasses(one)]));
  for (const { email } of [owner, second]) expect(mailsTo(email)).toHaveLength(1);
});

test("a mail that the server refuses is tried again, and sent once, under the same Message-ID", async () => {
  const { services, clock, own, owner } = await setUp();
  await spend(services, own.key, 8);
  server.refuse(100);
  await minutePasses(services);
  await minutePasses(services);
  expect(mailsTo(owner.email)).toEqual([]);
  server.refuse(0);
  await minutePasses(services);
  expect(mailsTo(owner.email)).toEqual([]);
  clock.advance(61_000);
  await minutePasses(services);
  await minutePasses(services);
  expect(mailsTo(owner.email)).toHaveLength(1);
  expect(mailsTo(owner.email)[0]?.messageId).toMatch(/^<notice\.[0-9a-f]{32}@avtrz\.test>$/);
});

test("what a process claimed that then ended is sent by another, not at once but soon", async () => {
  const { services, clock, own, owner, second } = await setUp();
  await spend(services, own.key, 8);
  const owners = [owner.email, second.email];
  const mail = ({ to }: { to: string }) =>
    owners.includes(to) ? new Promise<void>(() => undefined) : Promise.resolve();
  const killed = await testServices(mailing(), { clock, mail });
  await killed.notices.lookAtLimits();
  void killed.notices.sendDue();
  await vi.waitFor(async () => {
    const [row] = await services.db.query<{ claimed: number }>(
      "select count(*) as claimed from notice where organization_id = $1 and attempts = 1",
      [own.id],
    );
    expect(row?.claimed).toBe(1);
  });
  const mails = () => owners.flatMap(mailsTo);
  await minutePasses(services);
  expect(mails()).toHaveLength(1);
  clock.advance(11 * 60_000);
  await minutePasses(services);
  expect(mails()).toHaveLength(2);
  for (const email of owners) expect(mailsTo(email)).toHaveLength(1);
});

test("somebody who is no owner any more when it is sent is not told", async () => {
  const { services, own, owner, second } = await setUp();
  await spend(services, own.key, 8);
  await services.notices.lookAtLimits();
  await services.members.remove("operator", own.id, second.userId);
  await minutePasses(services);
  expect(mailsTo(owner.email)).toHaveLength(1);
  expect(mailsTo(second.email)).toEqual([]);
});

test("the worker looks each minute, and mails what is due", async () => {
  const schedules: Record<string, string> = {};
  const handlers: Record<string, () => Promise<unknown>> = {};
  const jobs = {
    schedule: async (queue: string, cron: string) => void Object.assign(schedules, { [queue]: cron }),
    work: async (queue: string, _concurrency: number, handle: unknown) =>
      void Object.assign(handlers, { [queue]: handle }),
    onWake: () => undefined,
    stop: async () => undefined,
  } as unknown as Jobs;
  const { services: web, own, owner } = await setUp();
  await spend(web, own.key, 8);
  const worker = await testServices(mailing(), { role: "worker", jobs });
  await worker.housekeeping.start();
  expect(schedules["notices"]).toBe("* * * * *");
  await handlers["notices"]?.();
  expect(mailsTo(owner.email)).toHaveLength(1);
});

test("a leaked secret key is told to each owner once, however often it is reported", async () => {
  const services = await scanner.services();
  const mailed = await testServices(mailing());
  const own = await workspace(services);
  const owner = await person(services, { [own.id]: "owner" });
  const { key } = await own.mint("secret");
  for (let time = 0; time < 2; time++) {
    await report(services, scanner, [findingOf(key), findingOf(key)]);
    await minutePasses(mailed);
  }
  expect(mailsTo(owner.email)).toHaveLength(1);
  const [mail] = mailsTo(owner.email);
  expect(mail?.subject).toBe("A leaked secret key was revoked: Test");
  expect(mail?.text).toContain(`(sk_live_…${key.slice(-4)})`);
  expect(mail?.text).not.toContain(key);
  expect(mail?.text).toContain(`It was found at: ${findingOf("").url}`);
});

test("an invitation that names an address is mailed there, and its link lets them in", async () => {
  const { services, own, owner } = await setUp();
  const email = newEmail();
  const answer = await send(services, `/workspaces/${own.id}/invite`, {
    method: "POST",
    headers: {
      cookie: owner.cookie,
      origin: services.config.publicUrl,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: form(services, owner, `workspace ${own.id}`, { role: "member", email: email.toUpperCase() }).toString(),
  });
  expect(answer.headers.get("location")).toContain("done=invite-mailed");
  const [mail] = mailsTo(email);
  expect(mail?.subject).toBe("Invitation to the workspace “Test” at avtrz.test");
  expect(mail?.text).toContain(`${owner.email} invites you to join the workspace “Test” on Avtrz, as member.`);
  const token = /\/invite\/([\w-]{43})/.exec(mail?.text ?? "")?.[1] ?? "";
  expect(await services.invitations.find(token)).toMatchObject({ email, role: "member" });
});

test("an invitation that names nobody is not mailed; one whose mail is refused stays good", async () => {
  const { services, own } = await setUp();
  expect(await invite(services, "operator", own.id, { role: "member", email: null })).toMatchObject({ sent: "none" });
  const email = `nobody@${newUsername()}.example`;
  const made = await invite(services, "operator", own.id, { role: "member", email });
  expect(made.sent).toBe("unsent");
  expect(await services.invitations.find(made.token)).toMatchObject({ email });
  expect(mailsTo(email)).toEqual([]);
});

test("a workspace mails so many invitations a day and no more, even all at once; the rest are made, not mailed", async () => {
  const { services, own, clock } = await setUp();
  const wanted = () => ({ role: "member", email: newEmail(), mail: true }) as const;
  const allowed = async (count: number) => {
    const made = await Promise.all(
      Array.from({ length: count }, () => services.invitations.create("operator", own.id, wanted())),
    );
    return made.filter(({ mayMail }) => mayMail).length;
  };
  expect(await allowed(INVITATION_MAILS_A_DAY.organization + 5)).toBe(INVITATION_MAILS_A_DAY.organization);
  expect((await invite(services, "operator", own.id, wanted())).sent).toBe("limited");
  clock.advance(86_400_001);
  expect(await allowed(1)).toBe(1);
});

test("nobody's mailbox is filled by many workspaces: one address gets few invitations a day", async () => {
  const { services } = await setUp();
  const email = newEmail();
  const sent: string[] = [];
  for (let one = 0; one < INVITATION_MAILS_A_DAY.address + 2; one++) {
    const own = await workspace(services);
    sent.push((await invite(services, "operator", own.id, { role: "member", email })).sent);
  }
  expect(sent).toEqual(["mailed", "mailed", "mailed", "limited", "limited"]);
  expect(mailsTo(email)).toHaveLength(INVITATION_MAILS_A_DAY.address);
});
