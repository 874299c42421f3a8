import pg from "pg";
import { AppError } from "./errors.ts";
import type { PrismaClient } from "./generated/client.ts";

export type Row = Record<string, unknown>;

/** Runs one SQL statement; `$1…` are its values. Rejects with AppError `database_unavailable` when nobody answers. */
export type Query = <R extends Row = Row>(sql: string, values?: readonly unknown[]) => Promise<R[]>;

export type Database = {
  query: Query;
  /**
   * Runs `work` in one transaction; it rolls back if `work` throws. Nothing in it may wait for the network:
   * the embedded database has one backend, and an open transaction stops everybody else.
   */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** The Prisma client over the same connections; loaded at first use, since most processes of the hot path never need it. */
  prisma(): Promise<PrismaClient>;
  close(): Promise<void>;
};

const bigintAsNumber: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)),
};

/** How long a statement may take before its caller is told that the database does not answer. */
const STATEMENT_TIMEOUT_MS = 1_500;
/** What a statement gets however long its caller waited for a connection. */
const LEAST_TIMEOUT_MS = 300;
/** When PostgreSQL itself gives up on a statement, whose caller may have gone: after this its fate is settled. */
export const STATEMENT_DEADLINE_MS = 5_000;

const OPENS_TRANSACTION = /^\s*begin\b/i;

/** Opens a pool of connections to PostgreSQL or to the embedded database's socket. */
export function openDatabase(
  url: string,
  options: { connections?: number; onError?: (error: Error) => void; statementTimeoutMs?: number } = {},
): Database {
  const timeout = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 8,
    connectionTimeoutMillis: timeout,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: Math.max(STATEMENT_DEADLINE_MS, timeout),
  });
  // A connection that dies is replaced. Without a listener its error would end the process; the pool listens only while
  // it is idle, and a transaction between two statements is not.
  pool.on("error", (error) => options.onError?.(error));
  pool.on("connect", (client) => client.on("error", () => undefined));

  const run = async <R extends Row>(
    client: pg.PoolClient,
    sql: string,
    values?: readonly unknown[],
    waitedMs = 0,
  ): Promise<R[]> => {
    const config: pg.QueryConfig & { query_timeout: number } = {
      text: sql,
      types: bigintAsNumber,
      // Waiting for a connection and then for its answer is one wait to the caller, who gets one time limit for both.
      query_timeout: Math.max(LEAST_TIMEOUT_MS, timeout - waitedMs),
    };
    if (values) config.values = [...values];
    // Several statements in one text (the queue's own) come back as several results.
    const result: pg.QueryResult<R> | pg.QueryResult<R>[] = await client.query<R>(config);
    return Array.isArray(result) ? result.flatMap((one) => one.rows) : result.rows;
  };

  const withClient = async <T>(work: (client: pg.PoolClient, waitedMs: number) => Promise<T>): Promise<T> => {
    const asked = performance.now();
    const client = await pool.connect().catch(unavailable);
    let broken = false;
    try {
      return await work(client, performance.now() - asked);
    } catch (error) {
      broken = isConnectionFailure(error);
      return broken ? unavailable(error) : rethrow(error);
    } finally {
      client.release(broken);
    }
  };

  let prisma: Promise<PrismaClient> | undefined;
  return {
    query: (sql, values) =>
      withClient(async (client, waitedMs) => {
        try {
          return await run(client, sql, values, waitedMs);
        } catch (error) {
          // The queue's texts open transactions of their own: whoever gets this connection next must not be inside of one.
          if (OPENS_TRANSACTION.test(sql) && !isConnectionFailure(error)) await run(client, "rollback");
          throw error;
        }
      }),
    transaction: (work) =>
      withClient(async (client, waitedMs) => {
        await run(client, "begin", undefined, waitedMs);
        try {
          const result = await work((sql, values) => run(client, sql, values));
          await run(client, "commit");
          return result;
        } catch (error) {
          if (!isConnectionFailure(error)) await run(client, "rollback");
          throw error;
        }
      }),
    prisma() {
      prisma ??= openPrisma(pool);
      return prisma;
    },
    async close() {
      await (await prisma)?.$disconnect();
      await pool.end();
    },
  };
}

/**
 * An array as PostgreSQL reads it, for a `text[]`, `smallint[]`, `real[]` or `boolean[]` value. The driver converts
 * arrays too, but takes ten times as long over it, and the meter sends thirteen of them with every batch.
 */
export function pgArray(values: readonly (string | number | boolean | null | undefined)[]): string {
  let text = "{";
  for (const value of values) {
    if (text.length > 1) text += ",";
    if (value === null || value === undefined) text += "NULL";
    else if (typeof value === "string")
      text += NEEDS_ESCAPE.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : `"${value}"`;
    else text += value;
  }
  return `${text}}`;
}

const NEEDS_ESCAPE = /["\\]/;

async function openPrisma(pool: pg.Pool): Promise<PrismaClient> {
  const [{ PrismaClient }, { PrismaPg }] = await Promise.all([
    import("./generated/client.ts"),
    import("@prisma/adapter-pg"),
  ]);
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}

/** The SQLSTATE of a database error (`23505` is a unique violation), or undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

// Classes 08 (connection), 53 (resources), 57P (shutdown, crash) and 25P03/40P01-free client-side failures:
// the statement's fate is unknown or it never ran, and asking again later is right.
function isConnectionFailure(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57P)/.test(state);
  return (
    error instanceof Error && !("appError" in error) && CONNECTION_FAILURE.test(`${error.message} ${codeOf(error)}`)
  );
}

const CONNECTION_FAILURE =
  /ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|timeout|terminated|Connection (?:ended|closed)|not queryable/i;

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}

function unavailable(cause: unknown): never {
  throw new AppError("database_unavailable", { retryAfterSeconds: 1, cause });
}

function rethrow(error: unknown): never {
  throw error;
}
