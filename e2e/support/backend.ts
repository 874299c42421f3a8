/**
 * The database a test run uses, made before the first test and removed after the last: the embedded one in a fresh
 * directory, or a fresh database on the PostgreSQL server of TEST_DATABASE_URL (AVTRZ_TEST_BACKEND=postgres).
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject, type ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";
import { embeddedLocation } from "../../lib/platform/embedded-database/location.ts";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { migrate } from "../../lib/platform/migrate.ts";
import { createOnServer, type TestDatabase } from "./database-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string | null;
    backend: "embedded" | "postgres";
    /** The data directory of an embedded database that is migrated and stopped; the embedded ones are copies of it. */
    template: string | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const backend = process.env["AVTRZ_TEST_BACKEND"] === "postgres" ? "postgres" : "embedded";
  const template = backend === "embedded" ? await createTemplate() : null;
  const database = template ? await copyOf(template) : await createMigrated();
  project.provide("backend", backend);
  project.provide("template", template);
  project.provide("databaseUrl", database.url);
  project.provide("redisUrl", backend === "postgres" ? (process.env["TEST_REDIS_URL"] ?? null) : null);
  return async () => {
    await database.remove();
    if (template) await rm(template, { recursive: true, force: true });
  };
}

/** A migrated database of its own: two workers on one database would take each other's jobs. */
export function createDatabase(backend: ProvidedContext["backend"]): Promise<TestDatabase> {
  const template = inject("template");
  return backend === "embedded" && template ? copyOf(template) : createMigrated();
}

async function createMigrated(): Promise<TestDatabase> {
  const database = await createOnServer();
  await migrate(database.url);
  return database;
}

/** Creating PostgreSQL's files takes five seconds; copying them takes none. */
async function createTemplate(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-template-"));
  const embedded = await startEmbeddedDatabase(directory, "the tests");
  await migrate(embedded.url);
  await embedded.stop();
  return directory;
}

async function copyOf(template: string): Promise<TestDatabase> {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-test-"));
  await cp(embeddedLocation(template).files, embeddedLocation(directory).files, { recursive: true });
  const embedded = await startEmbeddedDatabase(directory, "the tests");
  return {
    url: embedded.url,
    async remove() {
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
