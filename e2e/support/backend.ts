/**
 * The database a test run uses, made before the first test and removed after the last: the embedded one in a fresh
 * directory, or a fresh database on the PostgreSQL server of TEST_DATABASE_URL (AVTRZ_TEST_BACKEND=postgres).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { migrate } from "../../lib/platform/migrate.ts";
import { createOnServer, type TestDatabase } from "./database-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string | null;
    backend: "embedded" | "postgres";
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const backend = process.env["AVTRZ_TEST_BACKEND"] === "postgres" ? "postgres" : "embedded";
  const database = await createDatabase(backend);
  project.provide("backend", backend);
  project.provide("databaseUrl", database.url);
  project.provide("redisUrl", backend === "postgres" ? (process.env["TEST_REDIS_URL"] ?? null) : null);
  return database.remove;
}

/** A migrated database of its own: two workers on one database would take each other's jobs. */
export async function createDatabase(backend: ProvidedContext["backend"]): Promise<TestDatabase> {
  const database = backend === "postgres" ? await createOnServer() : await createEmbedded();
  await migrate(database.url);
  return database;
}

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
