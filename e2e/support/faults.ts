import { inject } from "vitest";
import { type Database, openDatabase } from "../../lib/platform/db.ts";

/** The run's database, in which statements that `matches` recognises fail as `failure` says; `stop` ends the fault. */
export function faultyDatabase(matches: RegExp, failure: () => Error): Database & { stop(): void } {
  const database = openDatabase(inject("databaseUrl"));
  let faulty = true;
  return {
    ...database,
    query: (sql, values) => (faulty && matches.test(sql) ? Promise.reject(failure()) : database.query(sql, values)),
    stop() {
      faulty = false;
    },
  };
}
