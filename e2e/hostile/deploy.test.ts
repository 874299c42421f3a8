import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { migrate, readMigrations } from "../../lib/platform/migrate.ts";
import { createDatabase } from "../support/backend.ts";
import { getAvatar, newUsername, testServices, workspace } from "../support/services.ts";

/** What a statement must not do while processes of the version before go on: take away, rename, or ask for what they do not send. */
const NOT_ADDITIVE =
  /\bdrop\s+(table|column|function|type|view)\b|\brename\b|\balter\s+column\s+\S+\s+(set\s+not\s+null|type|drop\s+default)\b|\btruncate\b/i;
const COLUMN = /\badd\s+column\s+[^;]*?(?:,\s*(?=add)|;|$)/gi;

test("H-JOB-116: no migration takes anything away from processes of the version before", async () => {
  // What nobody ran before there were upgrades may take away.
  const later = (await readMigrations()).filter(({ name }) => name > "20261121000300_z");
  expect(later.length).toBeGreaterThan(5);
  for (const { name, sql } of later) {
    const statements = sql.replace(/--.*$/gm, "").replace(/\$\$.*?\$\$/gs, "");
    expect(NOT_ADDITIVE.exec(statements)?.[0], name).toBeUndefined();
    // A new column that has to be there needs a default: the version before does not send it.
    for (const [column] of statements.matchAll(COLUMN))
      expect(/not\s+null/i.test(column) && !/default|generated/i.test(column), `${name}: ${column}`).toBe(false);
    // A narrowed set would refuse what the version before writes.
    for (const [, constraint] of statements.matchAll(/drop\s+constraint\s+"?(\w+)/gi))
      expect(statements, name).toMatch(new RegExp(`add\\s+constraint\\s+"?${constraint}`, "i"));
  }
});

/** What processes of earlier versions write, as they write it. */
const EARLIER: [sql: string, values: (n: number) => unknown[]][] = [
  ["insert into organization (id, name, plan) values ($1, 'Earlier', 'self_hosted')", (n) => [`org_earlier_${n}`]],
  ["insert into suppression (username, reason, created_by) values ($1, '', 'operator')", (n) => [`gone-${n}`]],
  [
    `insert into profile (username, status, facts) values ($1, 'resolved', '{"firstName": {"value": "A"}}')
     on conflict (username) do update set facts = profile.facts || excluded.facts`,
    (n) => [`known-${n % 7}`],
  ],
  [
    `insert into audit_event (id, actor, action, detail) values ($1, 'system', 'test', '{}')`,
    (n) => [`aud_earlier_${n}`],
  ],
];

test("H-JOB-116: a database of the first version is brought up to date by two processes at once, under the writes of older ones; rolled back, it is started on as well", async () => {
  const database = await createDatabase(inject("backend"));
  onTestFinished(database.remove);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(() => client.end());
  // Back to the first version: its schema, and a history that knows no more.
  const [first] = await readMigrations();
  await client.query("drop schema public cascade; create schema public");
  await client.query(first?.sql ?? "");
  await client.query(`create table "_prisma_migrations" (id varchar(36) primary key, checksum varchar(64) not null,
    finished_at timestamptz, migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
    started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`);
  await client.query(
    `insert into "_prisma_migrations" (id, checksum, migration_name, finished_at) values ('1', $1, $2, now())`,
    [first?.checksum, first?.name],
  );
  let writing = true;
  let written = 0;
  const older = (async () => {
    for (; writing; written++) {
      for (const [sql, values] of EARLIER) await client.query(sql, values(written));
      await sleep(5);
    }
  })();
  // The embedded database belongs to one process, which alone migrates it.
  const applied =
    inject("backend") === "postgres"
      ? await Promise.all([migrate(database.url), migrate(database.url)])
      : [await migrate(database.url), await migrate(database.url)];
  await sleep(50);
  writing = false;
  await older;
  expect(written).toBeGreaterThan(2);
  expect(applied.flat().sort()).toEqual((await readMigrations()).slice(1).map(({ name }) => name));
  expect(await migrate(database.url)).toEqual([]);
  // The new version works on it at once.
  const services = await testServices({ databaseUrl: database.url });
  const { key } = await workspace(services);
  expect((await getAvatar(services, { key, username: newUsername() })).status).toBe(200);
  expect(await services.profiles.suppressions.has("gone-0")).toBe(true);

  // A version that is rolled back starts on the schema of a later one; a migration that was edited is refused.
  await client.query(`insert into "_prisma_migrations" (id, checksum, migration_name, finished_at)
    values ('newer', 'x', '29990101000000_of_a_later_version', now())`);
  await client.query("alter table organization add column of_a_later_version text");
  expect(await migrate(database.url)).toEqual([]);
  expect((await workspace(services)).id).toMatch(/^org_/);
  await client.query(`update "_prisma_migrations" set checksum = 'edited' where migration_name like '%_first'`);
  await expect(migrate(database.url)).rejects.toMatchObject({
    code: "database_unusable",
    message: expect.stringContaining("was edited"),
  });
});
