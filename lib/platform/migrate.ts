import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";

const DIRECTORY = path.join(import.meta.dirname, "../../prisma/migrations");
// The lock that Prisma's own command line takes, so that the two exclude each other.
const PRISMA_LOCK = 72_707_369;

/**
 * Applies the migrations that are new, in order of name, each in its own transaction, and records them in
 * `_prisma_migrations` as Prisma does. Returns the names applied. Several processes may call it at once.
 * Throws when a migration that was applied has been edited since.
 */
export async function migrate(url: string, directory = DIRECTORY): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [PRISMA_LOCK]);
    await client.query(HISTORY);
    const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      `select migration_name, checksum, finished_at from "_prisma_migrations" where rolled_back_at is null`,
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    const fresh: string[] = [];
    for (const { name, sql, checksum } of await readMigrations(directory)) {
      const before = applied.get(name);
      if (before && !before.finished_at) throw new Error(`Migration ${name} failed before; repair it first.`);
      if (before && before.checksum !== checksum) throw new Error(`Migration ${name} was edited after it was applied.`);
      if (before) continue;
      await apply(client, name, sql, checksum);
      fresh.push(name);
    }
    return fresh;
  } finally {
    await client.end();
  }
}

/** Every migration in the directory: its name, its SQL, and the SHA-256 of that SQL in hex. */
export async function readMigrations(
  directory = DIRECTORY,
): Promise<{ name: string; sql: string; checksum: string }[]> {
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    names
      .map((entry) => entry.name)
      .sort()
      .map(async (name) => {
        const sql = await readFile(path.join(directory, name, "migration.sql"), "utf8");
        return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
      }),
  );
}

async function apply(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query("begin");
  try {
    await client.query(sql);
    await client.query(
      `insert into "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}

const HISTORY = `create table if not exists "_prisma_migrations" (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;
