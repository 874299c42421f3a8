import { expect, inject, test } from "vitest";
import { openDatabase } from "../../lib/platform/db.ts";
import { openJobs } from "../../lib/platform/jobs.ts";
import { createLog } from "../../lib/platform/log.ts";
import { createDatabase } from "../support/backend.ts";

test("H-JOB-114: processes that connect a new database's queue at the same time all get it", async () => {
  const database = await createDatabase(inject("backend"));
  const log = createLog("silent", "test");
  const processes = Array.from({ length: 4 }, (_, at) => {
    // With patience: four installations at once are slow on one embedded database, and this is not about how fast.
    const db = openDatabase(database.url, { connections: 2, statementTimeoutMs: 15_000 });
    return { db, jobs: openJobs(db, log, at === 0 ? "sender" : "worker") };
  });
  try {
    await Promise.all(processes.map(({ jobs }) => jobs.ready()));
    for (const { db, jobs } of processes) {
      await jobs.send(db.query, "housekeeping", {});
      expect(await db.query("select 1 as one")).toEqual([{ one: 1 }]);
    }
    const sent = await processes[0]?.db.query("select from pgboss.job where name = 'housekeeping'");
    expect(sent).toHaveLength(4);
  } finally {
    await Promise.all(processes.map(({ jobs }) => jobs.stop()));
    await Promise.all(processes.map(({ db }) => db.close()));
    await database.remove();
  }
});
