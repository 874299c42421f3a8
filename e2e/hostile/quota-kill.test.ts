import { expect, inject, test } from "vitest";
import { embeddedLocation } from "../../lib/platform/embedded-database/location.ts";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { ledgerOf, newUsername, testServices, used, workspace } from "../support/services.ts";
import { startWebProcess, temporaryDirectory } from "../support/web-processes.ts";

const REQUESTS = 1_000;
const AT_ONCE = 40;
const KILL_AFTER = 300;

test("H-QUOTA-65: kill -9 under load loses no acknowledged request and counts none twice", async () => {
  const dataDirectory = await temporaryDirectory();
  // The embedded database goes down with its parent; PostgreSQL stays.
  const embedded = inject("backend") === "embedded";
  const databaseUrl = embedded ? embeddedLocation(dataDirectory).url : inject("databaseUrl");
  const web = await startWebProcess(embedded ? { dataDirectory } : { dataDirectory, databaseUrl });
  const before = await testServices({ databaseUrl });
  const { id, key } = await workspace(before);

  const acknowledged: string[] = [];
  let killed: Promise<void> | undefined;
  let sent = 0;
  const client = async () => {
    while (sent++ < REQUESTS && !killed) {
      const query = new URLSearchParams({ key, username: newUsername() });
      const response = await fetch(`${web.url}/v1/avatar?${query}`);
      if (response.status !== 200) continue;
      acknowledged.push(response.headers.get("x-request-id") ?? "");
      if (acknowledged.length === KILL_AFTER) killed = web.kill();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, client));
  await killed;
  expect(ends.map((end) => end.status)).toContain("rejected");

  const database = embedded ? await reopened(dataDirectory) : undefined;
  const after = await testServices({ databaseUrl });
  const rows = await ledgerOf(after, id);
  const ids = new Set(rows.map((row) => row.id));
  expect(ids.size).toBe(rows.length);
  expect(acknowledged.filter((one) => !ids.has(one))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILL_AFTER);
  expect(rows.length - acknowledged.length).toBeLessThanOrEqual(AT_ONCE);
  expect(await used(after, id)).toBe(rows.length);
  expect(await used(after, id, "avatar_new_profiles")).toBe(rows.length);
  await database?.stop();
});

/** The killed process's database ends by itself, and lets go of its files within seconds. */
async function reopened(dataDirectory: string): ReturnType<typeof startEmbeddedDatabase> {
  let last: unknown;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return await startEmbeddedDatabase(dataDirectory, "the test");
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
