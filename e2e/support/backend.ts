/**
 * The database a test run uses, made before the first test and removed after the last: the embedded one in a fresh
 * directory, or a fresh database on the PostgreSQL server of TEST_DATABASE_URL (AVTRZ_TEST_BACKEND=postgres).
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { migrate } from "../../lib/platform/migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string | null;
    backend: "embedded" | "postgres";
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const backend = process.env["AVTRZ_TEST_BACKEND"] === "postgres" ? "postgres" : "embedded";
  const database = backend === "postgres" ? await createOnServer() : await createEmbedded();
  await migrate(database.url);
  project.provide("backend", backend);
  project.provide("databaseUrl", database.url);
  project.provide("redisUrl", backend === "postgres" ? (process.env["TEST_REDIS_URL"] ?? null) : null);
  return database.remove;
}

type TestDatabase = { url: string; remove(): Promise<void> };

async function createEmbedded(): Promise<TestDatabase> {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-test-"));
  const embedded = await startEmbeddedDatabase(directory, "the tests");
  return {
    url: embedded.url,
    async remove() {
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

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
