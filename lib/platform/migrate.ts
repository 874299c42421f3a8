import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { AppError, isAppError } from "./errors.ts";

const DIRECTORY = path.join(import.meta.dirname, "../../prisma/migrations");
// The lock that Prisma's own command line takes, so that the two exclude each other.
const PRISMA_LOCK = 72_707_369;
const OLDEST_VERSION = 15;

/**
 * Applies the migrations that are new, in order of name, each in its own transaction, and records them in
 * `_prisma_migrations` as Prisma does. Returns the names applied. Several processes may call it at once.
 * Throws AppError `database_unusable` when the database does not answer, lets us not in or has a migration that failed
 * or was edited since. One that this version does not know is left alone: a version can be rolled back, and old and
 * new processes run side by side during an upgrade.
 */
export async function migrate(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  const address = addressOf(client);
  const unusable = (problem: string, cause?: unknown) =>
    new AppError("database_unusable", { fields: { address, problem }, cause });
  // A connection that dies here fails the query that waits on it; without a listener it would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const [{ version = 0 } = {}] = (
      await client.query<{ version: number }>("select current_setting('server_version_num')::int / 10000 as version")
    ).rows;
    if (version < OLDEST_VERSION) throw unusable(`it is PostgreSQL ${version}, and ${OLDEST_VERSION} is needed`);
    await client.query("select pg_advisory_lock($1)", [PRISMA_LOCK]);
    await client.query(HISTORY);
    const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      `select migration_name, checksum, finished_at from "_prisma_migrations" where rolled_back_at is null`,
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    const fresh: string[] = [];
    for (const { name, sql, checksum } of await readMigrations()) {
      const before = applied.get(name);
      if (before && !before.finished_at) throw unusable(`migration ${name} failed before and needs repair`);
      if (before && before.checksum !== checksum) throw unusable(`migration ${name} was edited after it was applied`);
      if (before) continue;
      await apply(client, name, sql, checksum);
      fresh.push(name);
    }
    return fresh;
  } catch (error) {
    throw isAppError(error) ? error : unusable(problemOf(error), error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function addressOf({ host, port, database }: pg.Client): string {
  return host.startsWith("/") ? `in ${path.dirname(host)}` : `${database ?? ""} at ${host}:${port}`;
}

/** What PostgreSQL or the network said, in words for someone who has just written a DATABASE_URL. */
function problemOf(error: unknown): string {
  const { code = "", message } = error as { code?: string; message: string };
  if (code === "ECONNREFUSED") return "nothing answers there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "there is no host of that name";
  if (code === "28P01") return "it refuses the user name or the password";
  if (/timeout/i.test(message) || code === "ETIMEDOUT") return "it does not answer";
  return message;
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
