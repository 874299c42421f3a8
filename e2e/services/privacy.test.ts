import { expect, test } from "vitest";
import { newId } from "../../lib/platform/ids.ts";
import type { Message } from "../../lib/platform/mail.ts";
import type { ProfileFacts } from "../../lib/profiles/index.ts";
import type { Services } from "../../lib/services.ts";
import { importPhoto, importText } from "../support/people.ts";
import { person } from "../support/person.ts";
import { drawPhoto } from "../support/photos.ts";
import {
  getAvatar,
  ledgerOf,
  newUsername,
  steppedClock,
  testServices,
  unipileConfig,
  workspace,
} from "../support/services.ts";
import { told } from "../support/told.ts";
import { memberUrnOf } from "../support/unipile-server.ts";

const DAY_MS = 86_400_000;

async function setUp(options: Parameters<typeof testServices>[0] = {}) {
  const clock = steppedClock();
  const mails: Message[] = [];
  const services = await testServices(options, { clock, mail: async (message) => void mails.push(message) });
  const home = await workspace(services);
  return { services, clock, mails, home };
}

/** As `told`, of somebody who may have been asked for by another name. */
async function toldOf(services: Services, asked: string, facts: ProfileFacts, canonicalUsername: string | null = null) {
  await services.db.query(
    `insert into profile (username, status) select $1, 'enriching'
     where not exists (select from suppression where username = $1) on conflict do nothing`,
    [asked],
  );
  return told(services, asked, facts, { canonicalUsername });
}

/** Every table in whose rows a text stands anywhere. */
async function tablesWith(services: Services, text: string): Promise<string[]> {
  const tables = await services.db.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await services.db.query(`select 1 from ${name} t where t::text ilike $1 limit 1`, [`%${text}%`]);
    if (rows.length > 0) found.push(name);
  }
  return found.sort();
}

test("an export holds everything that is stored of a person, an erasure leaves their name in no table, and says what went", async () => {
  const { services, home } = await setUp(unipileConfig);
  const other = await workspace(services);
  const username = newUsername("erased");
  const csv = `username,first name,last name,email\n${username},Ada,Brook,${username}@example.com\n`;
  await importText(services, home.id, "people.csv", csv);
  await importPhoto(services, other.id, username, await drawPhoto());
  const admin = await person(services, { [home.id]: "owner" });
  await getAvatar(services, { key: home.key, username });
  await toldOf(services, memberUrnOf(username), { firstName: "Ada", headline: "Engineer" }, username);
  await getAvatar(services, { key: other.key, username: memberUrnOf(username) });
  await services.privacy.removals.ask({ username, email: "ada@example.com", note: "me", network: username });
  await services.profiles.people.suppress(admin, home.id, username, "Ada asked");
  await ledgerOf(services, home.id);
  const before = await tablesWith(services, username);
  expect(before).toEqual(
    expect.arrayContaining(["public.avatar_request", "public.profile", "public.removal_request", "public.audit_event"]),
  );

  const data = await services.privacy.data.export(username);
  expect(data.names.sort()).toEqual([memberUrnOf(username), username].sort());
  expect(Object.keys(data.tables)).toEqual(
    expect.arrayContaining(
      before.filter((name) => name !== "pgboss.job_common").map((name) => name.replace("public.", "")),
    ),
  );
  expect(data.tables["imported_person"]).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(data))).toMatchObject({ tables: { photo: [{ sha256: expect.any(String) }] } });

  const report = await services.privacy.data.erase(username, "operator", false);
  expect(report.deleted).toMatchObject({ profile: 2, imported_person: 1, hidden_person: 1, removal_request: 1 });
  expect(report.anonymised["avatar_request"]).toBeGreaterThanOrEqual(2);
  expect(report.photos).toHaveLength(1);
  expect(await tablesWith(services, username)).toEqual([]);
  expect(await tablesWith(services, memberUrnOf(username))).toEqual([]);
  expect(await services.db.query("select 1 from photo where sha256 = any($1)", [report.photos])).toEqual([]);
  expect(await services.privacy.data.erase(username, "operator", false)).toEqual({
    deleted: {},
    anonymised: {},
    photos: [],
  });
  // What was counted stays counted.
  expect((await ledgerOf(services, home.id)).map((row) => [row.username, row.units])).toEqual([[null, 1]]);
  await services.privacy.data.erase(username, "operator", true);
  expect(await services.profiles.suppressions.has(username)).toBe(true);
  expect(await tablesWith(services, username)).toEqual(["public.audit_event", "public.suppression"].slice(1));
});

test("H-IMG-91: a person is suppressed under every name they have, and no provider is asked by any of them", async () => {
  const { services, home, clock } = await setUp(unipileConfig);
  const username = newUsername("alias");
  const urn = memberUrnOf(username);
  await toldOf(services, urn, { firstName: "Ada" }, username);
  await services.profiles.suppress(urn, "asked", "test");
  clock.advance(1_000);
  for (const name of [urn, username]) {
    const answer = await getAvatar(services, { key: home.key, username: name });
    expect(answer.headers.get("x-avatar-status")).toBe("not_found");
  }
  const listed = (await services.profiles.suppressions.list()).map((one) => one.username);
  expect(listed).toContain(username);
  expect(listed).not.toContain(urn);
  // Another name of theirs, which nobody knew to be one, is learned when a provider tells.
  const another = memberUrnOf(`${username}-2`);
  expect(await toldOf(services, another, { firstName: "Ada" }, username)).toBe(false);
  clock.advance(1_000);
  const again = await getAvatar(services, { key: home.key, username: another });
  expect(again.headers.get("x-avatar-status")).toBe("not_found");
  expect(await services.profiles.suppressions.remove(username, "test")).toBe(true);
  for (const name of [urn, username, another]) expect(await services.profiles.suppressions.has(name)).toBe(false);
});

test("a provider's list of opt-outs is read with or without a heading, repeated without effect, and refused when it is none", async () => {
  const { services } = await setUp();
  const { optOuts } = services.privacy;
  const ids = [newId("req", 0), newId("req", 1), newId("req", 2)];
  async function* file(...texts: string[]) {
    yield* texts;
  }
  expect(
    await optOuts.importCsv("test_list", file(`\uFEFFemail,pdl_id\n,${ids[0]}\r\n,${ids[1]}`), "a.csv", "test"),
  ).toEqual({
    read: 2,
    added: 2,
  });
  expect(await optOuts.importCsv("test_list", file(`${ids[1]}\n`, `${ids[2]}`), "b.csv", "test")).toEqual({
    read: 2,
    added: 1,
  });
  for (const id of ids) expect(await optOuts.has("test_list", id)).toBe(true);
  expect(await optOuts.has("another", ids[0] ?? "")).toBe(false);
  for (const bad of ["", "name,mail\na,b", "id\nnot an id at all", `"${ids[0]}\n`])
    await expect(optOuts.importCsv("test_list", file(bad), "bad.csv", "test")).rejects.toMatchObject({
      code: "file_broken",
    });
});

test("rows of requests and misses are kept as long as was chosen; charts, counters and what is newer stay", async () => {
  const { services, clock, home } = await setUp({ keepRequestsDays: 100, keepMissesDays: 30 });
  const owner = await person(services, { [home.id]: "owner" });
  const admin = await person(services, { [home.id]: "admin" });
  const other = await workspace(services);
  const [old, newer] = [newUsername("old"), newUsername("newer")];
  for (const one of [home, other]) await getAvatar(services, { key: one.key, username: old });
  await services.quotas.ledger.close();
  await toldOf(services, old, {});
  clock.advance(80 * DAY_MS);
  await getAvatar(services, { key: home.key, username: newer });
  await services.quotas.ledger.close();
  await toldOf(services, newer, {});
  const { retention } = services.privacy;
  await expect(retention.set(admin, home.id, 70)).rejects.toMatchObject({ code: "role_too_low" });
  for (const days of [61, 101, 70.5, Number.NaN])
    await expect(retention.set(owner, home.id, days)).rejects.toMatchObject({ code: "invalid_retention" });
  await retention.set(owner, home.id, 70);
  expect(await retention.get(admin, home.id)).toEqual({ own: 70, keepRequestsDays: 100, keepMissesDays: 30 });
  const charted = () =>
    services.db.query("select sum(requests)::int as requests from request_hour where organization_id = $1", [home.id]);
  const before = await charted();
  await retention.apply();
  expect((await ledgerOf(services, home.id)).map((row) => row.username)).toEqual([newer]);
  expect((await ledgerOf(services, other.id)).map((row) => row.username)).toEqual([old]);
  expect(await charted()).toEqual(before);
  const misses = await services.db.query("select username from profile where username = any($1)", [[old, newer]]);
  expect(misses).toEqual([{ username: newer }]);
  // The nightly comparisons find nothing to mend.
  await services.quotas.reconcile();
  expect(await charted()).toEqual(before);
  await retention.set(owner, home.id, null);
  clock.advance(21 * DAY_MS);
  await retention.apply();
  expect(await ledgerOf(services, other.id)).toEqual([]);
});

test("requests not to be shown wait for a decision once their address is confirmed; a decision is told and forgotten", async () => {
  const { services, clock, mails } = await setUp();
  const { removals } = services.privacy;
  const username = newUsername("asks");
  const email = `${username}@example.com`;
  const mine = async () => (await removals.waiting()).filter((one) => one.username === username);
  const first = await removals.ask({ username, email, note: "a\u0000b\nc", network: username });
  expect(await mine()).toEqual([]);
  expect(await removals.isOpen(first ?? "")).toBe(true);
  await removals.confirm(first ?? "");
  await expect(removals.confirm(first ?? "")).rejects.toMatchObject({ code: "removal_not_found" });
  expect(await mine()).toMatchObject([
    { email, emailConfirmed: true, note: "a b c", importsWithEmail: 0, stored: false },
  ]);
  const late = await removals.ask({ username, email, note: "", network: username });
  clock.advance(DAY_MS);
  await expect(removals.confirm(late ?? "")).rejects.toMatchObject({ code: "removal_not_found" });
  const [waiting] = await mine();
  await expect(services.privacy.refuse(waiting?.id ?? "", "  ", "operator")).rejects.toMatchObject({
    code: "reason_missing",
  });
  await services.privacy.refuse(waiting?.id ?? "", "Not yours.", "operator");
  expect(mails.at(-1)).toMatchObject({ to: email, text: expect.stringContaining("Not yours.") });
  await expect(services.privacy.grant(waiting?.id ?? "", "operator")).rejects.toMatchObject({
    code: "removal_not_found",
  });
  expect(await services.profiles.suppressions.has(username)).toBe(false);
  const second = await removals.ask({ username, email, note: "", network: username });
  await removals.confirm(second ?? "");
  await services.privacy.grant((await mine())[0]?.id ?? "", "operator");
  expect(await services.profiles.suppressions.has(username)).toBe(true);
  expect(mails.at(-1)?.subject).toMatch(/removed/);
  clock.advance(31 * DAY_MS);
  await removals.removeOld();
  expect(await services.db.query("select 1 from removal_request where username = $1", [username])).toEqual([]);
});

test("an imported address that is the asker's is shown to who decides, and decides nothing by itself", async () => {
  const { services, home } = await setUp();
  const username = newUsername("imported");
  await importText(
    services,
    home.id,
    "p.csv",
    `username,first name,email\n${username},Ada,Ada.${username}@Example.com\n`,
  );
  const email = `ada.${username}@example.com`;
  const token = await services.privacy.removals.ask({ username, email, note: "", network: username });
  await services.privacy.removals.confirm(token ?? "");
  const [request] = (await services.privacy.removals.waiting()).filter((one) => one.username === username);
  expect(request).toMatchObject({ importsWithEmail: 1, stored: true });
  expect(await services.profiles.suppressions.has(username)).toBe(false);
});

test("operators are the configured addresses; without any, the owners of the first workspace and nobody else's", async () => {
  const { services, home } = await setUp();
  const owner = await person(services, { [home.id]: "owner" });
  const configured = await testServices({ operatorEmails: [owner.email] });
  expect(await configured.operators.isOperator(owner)).toBe(true);
  expect(await configured.operators.isOperator(await person(services, { [home.id]: "owner" }))).toBe(false);
  // The first workspace of this database is somebody else's.
  expect(await services.operators.isOperator(owner)).toBe(false);
  await expect(services.operators.require(owner)).rejects.toMatchObject({ code: "not_found" });
});
