import { randomBytes } from "node:crypto";
import pg from "pg";

export type TestDatabase = { url: string; remove(): Promise<void> };

/** A database of its own on the server of TEST_DATABASE_URL; rejects when that server does not answer. */
export async function createOnServer(): Promise<TestDatabase> {
  const server = process.env["TEST_DATABASE_URL"];
  if (!server) throw new Error("AVTRZ_TEST_BACKEND=postgres needs TEST_DATABASE_URL");
  const name = `avtrz_test_${randomBytes(6).toString("hex")}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => onServer(server, `drop database if exists ${name} with (force)`) };
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
