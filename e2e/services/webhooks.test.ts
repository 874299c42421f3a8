import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import type { Message } from "../../lib/platform/mail.ts";
import type { Services } from "../../lib/services.ts";
import { person } from "../support/person.ts";
import { getAvatar, newUsername, steppedClock, testServices, unipileConfig, workspace } from "../support/services.ts";
import { startWebhookReceiver } from "../support/webhook-receiver.ts";

const DAY_MS = 86_400_000;
const ALL = ["avatar.ready", "profile.updated", "quota.80", "quota.100"];

async function setUp(limits: Record<string, number> = {}) {
  const clock = steppedClock(Date.now() + AHEAD_MS);
  const mails: Message[] = [];
  const receiver = await startWebhookReceiver();
  const services = await testServices(
    { ...unipileConfig, allowPrivateHosts: [receiver.host] },
    { clock, mail: async (message) => void mails.push(message) },
  );
  const home = await workspace(services, limits);
  const admin = await person(services, { [home.id]: "owner" });
  const { webhooks } = services;
  const made = await webhooks.create(admin, home.id, { url: receiver.url, events: ALL });
  const deliveries = async () => (await webhooks.deliveries.list(admin, home.id, made.id)).items;
  return { services, webhooks, clock, mails, receiver, home, admin, deliveries, ...made };
}

/** Events of people are due by the database's clock, which has moved on from this one's beginning. */
const AHEAD_MS = 20_000;

/** What a provider said, written as the worker writes it. */
async function told(services: Services, username: string, facts: Record<string, string>, photo: string | null = null) {
  if (photo)
    await services.db.query(
      "insert into photo (sha256, side, crop, thumbhash, dominant_colour) values ($1, 512, 'face', '\\x00', '#fff') on conflict do nothing",
      [photo],
    );
  const sourced = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, { value, source: "unipile", at: new Date().toISOString() }]),
  );
  await services.db.query(
    `insert into profile (username, status, facts, photo_sha256) values ($1, 'resolved', $2::jsonb, $3)
     on conflict (username) do update set facts = profile.facts || excluded.facts,
       photo_sha256 = coalesce(excluded.photo_sha256, profile.photo_sha256)`,
    [username, JSON.stringify(sourced), photo],
  );
}

const sha = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
const parsed = (one: { body: string } | undefined) => JSON.parse(one?.body ?? "{}");

test("a workspace is told of a person it looked up: signed, by anybody's Standard Webhooks library, and only of what is new", async () => {
  const { services, webhooks, receiver, home, secret, deliveries } = await setUp();
  const [username, stranger] = [newUsername("told"), newUsername("stranger")];
  await getAvatar(services, { key: home.key, username });
  await told(services, username, { firstName: "Ada", headline: "Engineer" });
  await told(services, stranger, { firstName: "Nobody" });
  await webhooks.sender.runAll();
  expect(receiver.received).toHaveLength(1);
  const [first] = receiver.received;
  const verified = new Webhook(secret).verify(first?.body ?? "", first?.headers ?? {});
  expect(verified).toMatchObject({
    type: "profile.updated",
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    data: { username, linkedin_url: `https://www.linkedin.com/in/${username}`, changed: ["first_name", "headline"] },
  });
  expect(() => new Webhook(secret).verify(`${first?.body} `, first?.headers ?? {})).toThrow();
  // Said again: no news. A photo: another event.
  await told(services, username, { firstName: "Ada" });
  const photo = sha();
  await told(services, username, { headline: "Chief engineer" }, photo);
  await webhooks.sender.runAll();
  const told2 = receiver.received.slice(1).map((one) => parsed(one));
  expect(told2.map(({ type }) => type).sort()).toEqual(["avatar.ready", "profile.updated"]);
  expect(told2.find(({ type }) => type === "avatar.ready").data.image_url).toBe(
    `http://avtrz.test/cdn/${photo}/512.webp`,
  );
  expect(told2.find(({ type }) => type === "profile.updated").data.changed).toEqual(["headline"]);
  expect(await deliveries()).toMatchObject(
    [1, 2, 3].map(() => ({ state: "delivered", status: 200, response: "thanks", attempts: 1, problem: null })),
  );
});

test("H-JOB-115: an event commits with what it tells of or not at all, and is sent though its process was killed after it took it", async () => {
  const { services, webhooks, clock, receiver, home, deliveries } = await setUp();
  const [kept, rolledBack] = [newUsername("kept"), newUsername("rolled")];
  for (const username of [kept, rolledBack]) await getAvatar(services, { key: home.key, username });
  await services.db
    .transaction(async (query) => {
      await query(
        `insert into profile (username, status, facts) values ($1, 'resolved', '{"firstName": {"value": "X"}}')
        on conflict (username) do update set facts = excluded.facts`,
        [rolledBack],
      );
      throw new Error("the power is gone");
    })
    .catch(() => undefined);
  await told(services, kept, { firstName: "Ada" });
  expect((await deliveries()).map((one) => parsed(one).data.username)).toEqual([kept]);
  // As a worker that claimed it and was killed leaves it.
  await services.db.query("update webhook_delivery set attempts = 1, due_at = $2 where organization_id = $1", [
    home.id,
    new Date(clock.now() + 60_000),
  ]);
  await webhooks.sender.runAll();
  expect(receiver.received).toHaveLength(0);
  clock.advance(61_000);
  await webhooks.sender.runAll();
  expect(receiver.received).toHaveLength(1);
});

test("H-JOB-114: two workers share what waits, and nothing is sent twice; a slow endpoint keeps no other waiting", async () => {
  const { services, webhooks, receiver, home, admin, id } = await setUp();
  const slow = await startWebhookReceiver(() => undefined);
  const second = await testServices({ allowPrivateHosts: [receiver.host, slow.host] }, { clock: services.clock });
  const slowId = (await second.webhooks.create(admin, home.id, { url: slow.url, events: ["quota.80"] })).id;
  for (let n = 0; n < 30; n++) await second.webhooks.deliveries.sendTest(admin, home.id, slowId);
  for (let n = 0; n < 30; n++) await webhooks.deliveries.sendTest(admin, home.id, id);
  second.webhooks.sender.start();
  services.webhooks.sender.start();
  const ids = () => receiver.received.map((one) => one.headers["webhook-id"]);
  await expect.poll(() => ids().length, { timeout: 8_000 }).toBe(30);
  expect(new Set(ids()).size).toBe(30);
  expect(slow.received.length).toBeLessThanOrEqual(4);
});

test("what fails is tried again for about a day, ever more rarely, under the same id with a new signature; then it is kept to be sent again", async () => {
  const { webhooks, clock, receiver, home, admin, id, secret, deliveries } = await setUp();
  receiver.answer((_, response) => void response.writeHead(500).end("out of order\u0000"));
  await webhooks.deliveries.sendTest(admin, home.id, id);
  const began = clock.now();
  for (let attempt = 1; attempt <= 9; attempt++) {
    await webhooks.sender.runAll();
    const [one] = await deliveries();
    expect(one).toMatchObject({
      attempts: attempt,
      status: 500,
      response: "out of order ",
      state: attempt < 9 ? "pending" : "failed",
    });
    clock.advance(Math.max(0, Date.parse(one?.dueAt ?? "") - clock.now()));
  }
  expect(receiver.received).toHaveLength(9);
  expect((clock.now() - began) / 3_600_000).toBeGreaterThan(20);
  expect((clock.now() - began) / 3_600_000).toBeLessThan(30);
  expect(new Set(receiver.received.map((one) => one.headers["webhook-id"])).size).toBe(1);
  expect(new Set(receiver.received.map((one) => one.body)).size).toBe(1);
  receiver.answer((_, response) => void response.writeHead(204).end());
  const [failed] = await deliveries();
  await webhooks.deliveries.replay(admin, home.id, failed?.id ?? "");
  await webhooks.sender.runAll();
  expect(await deliveries()).toMatchObject([{ id: failed?.id, state: "delivered", status: 204 }]);
  // The library refuses what is older than five minutes, so the clock of the message is the one of the attempt.
  const last = receiver.received.at(-1);
  expect(Number(last?.headers["webhook-timestamp"])).toBe(Math.floor(clock.now() / 1_000));
  expect(last?.headers["webhook-signature"]).toMatch(/^v1,[\w+/=]{44}$/);
  expect(secret).toMatch(/^whsec_/);
});

test("an endpoint that nothing reaches for five days is turned off, its owners are mailed once, and turned on it gets everything", async () => {
  const { services, webhooks, clock, mails, receiver, home, admin, id, deliveries } = await setUp();
  receiver.answer((_, response) => void response.writeHead(302, { location: "http://example.com" }).end());
  for (let day = 0; day < 6; day++) {
    await webhooks.deliveries.sendTest(admin, home.id, id);
    await webhooks.sender.runAll();
    clock.advance(DAY_MS);
  }
  await webhooks.sender.runAll();
  expect(await webhooks.get(admin, home.id, id)).toMatchObject({ disabledReason: "Nothing reached it for five days." });
  const tries = receiver.received.length;
  await webhooks.deliveries.sendTest(admin, home.id, id);
  await webhooks.sender.runAll();
  expect(receiver.received.length).toBe(tries);
  await services.notices.sendDue();
  await services.notices.sendDue();
  const mine = mails.filter(({ to }) => to === admin.email);
  expect(mine).toHaveLength(1);
  expect(mine[0]?.text).toContain("status 302");
  expect(mine[0]?.text).not.toContain("in-the-path");
  receiver.answer((_, response) => void response.end());
  await webhooks.enable(admin, home.id, id);
  await webhooks.sender.runAll();
  expect((await deliveries()).every(({ state }) => state === "delivered")).toBe(true);
  expect(await webhooks.get(admin, home.id, id)).toMatchObject({ failingSince: null, disabledAt: null, waiting: 0 });
});

test("410 turns an endpoint off at once; after a rotation both secrets sign for a day, then the new one alone", async () => {
  const { webhooks, clock, receiver, home, admin, id, secret } = await setUp();
  const rotated = await webhooks.rotateSecret(admin, home.id, id);
  await webhooks.deliveries.sendTest(admin, home.id, id);
  await webhooks.sender.runAll();
  const [both] = receiver.received;
  for (const one of [secret, rotated.secret]) new Webhook(one).verify(both?.body ?? "", both?.headers ?? {});
  clock.advance(DAY_MS + 1);
  receiver.answer((_, response) => void response.writeHead(410).end());
  await webhooks.deliveries.sendTest(admin, home.id, id);
  await webhooks.sender.runAll();
  expect(receiver.received.at(-1)?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
  expect((await webhooks.get(admin, home.id, id)).disabledReason).toContain("410");
});

test("80 % and 100 % of a limit are told once each a month, and 80 not after 100", async () => {
  const { services, webhooks, receiver, home } = await setUp({ avatar_requests: 10 });
  const use = async (times: number) => {
    for (let n = 0; n < times; n++) await getAvatar(services, { key: home.key, username: newUsername() });
    const { findReachedLimits } = await import("../../lib/quotas/index.ts");
    const mine = (await findReachedLimits(services)).filter(({ organizationId }) => organizationId === home.id);
    for (let n = 0; n < 2; n++) await webhooks.deliveries.tellOfLimits(mine);
    await webhooks.sender.runAll();
  };
  await use(8);
  await use(2);
  expect(receiver.received.map((one) => parsed(one))).toMatchObject([
    {
      type: "quota.80",
      data: { metric: "avatar_requests", used: 8, limit: 10, month: expect.stringMatching(/^\d{4}-\d\d$/) },
    },
    { type: "quota.100", data: { used: 10 } },
  ]);
});

test("nobody is told of a person who is suppressed or hidden, and nothing is sent inside the network or without https", async () => {
  const { services, webhooks, receiver, home, admin, deliveries } = await setUp();
  const [suppressed, hidden] = [newUsername("suppressed"), newUsername("hidden")];
  for (const username of [suppressed, hidden]) await getAvatar(services, { key: home.key, username });
  await services.profiles.people.suppress(admin, home.id, hidden, "");
  for (const username of [suppressed, hidden]) await told(services, username, { firstName: "Ada" });
  await services.profiles.suppress(suppressed, "asked", "test");
  await webhooks.sender.runAll();
  expect(receiver.received).toHaveLength(0);
  expect(await deliveries()).toEqual([]);
  const make = (url: string, events = ["quota.80"]) => webhooks.create(admin, home.id, { url, events });
  for (const url of [
    "http://example.com/",
    "ftp://example.com",
    "nonsense",
    "https://me:secret@example.com/",
    `https://example.com/${"x".repeat(2_000)}`,
  ])
    await expect(make(url)).rejects.toMatchObject({ code: "invalid_webhook" });
  await expect(make("https://example.com/", ["avatar.lost"])).rejects.toMatchObject({ code: "invalid_webhook" });
  const { id } = await make("https://127.0.0.1:8443/");
  await webhooks.deliveries.sendTest(admin, home.id, id);
  await webhooks.sender.runAll();
  const { items } = await webhooks.deliveries.list(admin, home.id, id);
  expect(items).toMatchObject([
    { state: "pending", status: null, problem: expect.stringContaining("not on the public internet") },
  ]);
});

test("members and strangers see and change nothing; a workspace has ten at most; its deletion takes all of it", async () => {
  const { services, webhooks, home, admin, id } = await setUp();
  const [member, stranger] = [
    await person(services, { [home.id]: "member" }),
    await person(services, { [(await workspace(services)).id]: "owner" }),
  ];
  for (const [who, code] of [
    [member, "role_too_low"],
    [stranger, "organization_not_found"],
  ] as const) {
    const acts = [
      () => webhooks.list(who, home.id),
      () => webhooks.get(who, home.id, id),
      () => webhooks.create(who, home.id, { url: "https://example.com", events: ALL }),
      () => webhooks.setEvents(who, home.id, id, ALL),
      () => webhooks.rotateSecret(who, home.id, id),
      () => webhooks.remove(who, home.id, id),
      () => webhooks.enable(who, home.id, id),
      () => webhooks.deliveries.list(who, home.id, id),
      () => webhooks.deliveries.replay(who, home.id, "msg_1"),
      () => webhooks.deliveries.sendTest(who, home.id, id),
    ];
    for (const act of acts) await expect(act()).rejects.toMatchObject({ code });
  }
  for (let n = 1; n < 10; n++) await webhooks.create(admin, home.id, { url: "https://example.com", events: ALL });
  await expect(webhooks.create(admin, home.id, { url: "https://example.com", events: ALL })).rejects.toMatchObject({
    code: "too_many_webhooks",
  });
  await webhooks.deliveries.sendTest(admin, home.id, id);
  // The secret is nowhere but encrypted.
  const rows = await services.db.query("select e::text as text from webhook_endpoint e where organization_id = $1", [
    home.id,
  ]);
  expect(JSON.stringify(rows)).not.toContain("whsec_");
  const [{ name } = { name: "" }] = await services.db.query<{ name: string }>(
    "select name from organization where id = $1",
    [home.id],
  );
  await services.workspaces.delete(admin, home.id, name);
  for (const table of ["webhook_endpoint", "webhook_delivery"])
    expect(await services.db.query(`select 1 from ${table} where organization_id = $1`, [home.id])).toEqual([]);
});

test("a hundred pages of deliveries are read page by page, and old ones are forgotten", async () => {
  const { services, webhooks, clock, home, admin, id } = await setUp();
  await services.db.query(
    `insert into webhook_delivery (organization_id, endpoint_id, type, data, created_at, state)
     select $1, $2, 'test', '{}', $3, 'delivered' from generate_series(1, 250)`,
    [home.id, id, new Date(clock.now())],
  );
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await webhooks.deliveries.list(admin, home.id, id, { cursor, limit: 100 });
    seen.push(...page.items.map((one) => one.id));
    if (!page.next) break;
    cursor = page.next;
  }
  expect(new Set(seen).size).toBe(250);
  clock.advance(31 * DAY_MS);
  await webhooks.deliveries.removeOld();
  expect((await webhooks.deliveries.list(admin, home.id, id)).items).toEqual([]);
});
