import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, inject, vi } from "vitest";
import type { Clock } from "../../lib/platform/clock.ts";
import type { Config } from "../../lib/platform/config.ts";
import { createServices, type Overrides, type Services } from "../../lib/services.ts";
import { createDatabase } from "./backend.ts";
import type { TestDatabase } from "./database-server.ts";
import { type FakeInternet, startFakeInternet } from "./fake-internet.ts";
import { getAvatar, testConfig, type Workspace, workspace } from "./services.ts";
import { startUnipileServer, type UnipileServer } from "./unipile-server.ts";

/** A web service and a worker beside it, with Unipile on a fake internet, on a database no other worker looks at. */
export type Enrichment = {
  internet: FakeInternet;
  unipile: UnipileServer;
  web: Services;
  worker: Services;
  home: Workspace;
  config: Partial<Config>;
  /** Runs, and can be moved on; all services of the file go by it. */
  clock: Clock & { advance(milliseconds: number): void };
  /** Further services on the same database and storage; closed with the others. */
  open(overrides: Overrides): Promise<Services>;
  /** Asks as a caller would until the person is no longer `enriching`, and returns that last answer. */
  settled(username: string, parameters?: Record<string, string>): Promise<Response>;
  /** Lets jobs that wait for their next attempt run now. */
  hurryRetries(): Promise<void>;
};

/** Starts all of it before the file's tests and ends it after them; read its parts inside tests only. */
export function setUpEnrichment(
  overrides: Overrides = {},
  /** Further settings, such as those of other providers on the same internet. */
  configure: (internet: FakeInternet) => Promise<Partial<Config>> = async () => ({}),
): Enrichment {
  let ahead = 0;
  const clock: Enrichment["clock"] = {
    now: () => Date.now() + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
  const parts = { clock } as Enrichment;
  const opened: Services[] = [];
  let database: TestDatabase;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "avtrz-data-"));
    database = await createDatabase(inject("backend"));
    const internet = startFakeInternet();
    const unipile = await startUnipileServer({ internet });
    const { apiKey, accountId, baseUrl: dsn } = unipile;
    const config: Partial<Config> = {
      databaseUrl: database.url,
      dataDirectory: directory,
      unipile: { api: "v1", dsn, apiKey, accountId },
      ...(await configure(internet)),
    };
    Object.assign(parts, { internet, unipile, config });
    parts.web = await parts.open({ role: "web" });
    parts.worker = await parts.open({ role: "worker" });
    parts.home = await workspace(parts.web);
    await parts.worker.enrichment.worker.start();
    await parts.worker.housekeeping.start();
  });

  afterAll(async () => {
    parts.worker?.enrichment.worker.stop();
    for (const services of opened.reverse()) await services.close();
    await parts.internet?.stop();
    await database?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  return Object.assign(parts, {
    async open(own: Overrides) {
      const network = { lookup: parts.internet.lookup, dial: parts.internet.dial };
      const services = await createServices(testConfig(parts.config), { clock, network, ...overrides, ...own });
      opened.push(services);
      // As the main process passes it on to its worker.
      if (own.role !== "worker") services.jobs.onWake(() => parts.worker?.jobs.wake());
      return services;
    },
    settled(username: string, parameters: Record<string, string> = {}) {
      return vi.waitFor(
        async () => {
          const response = await getAvatar(parts.web, { key: parts.home.key, username, ...parameters });
          if (response.headers.get("x-avatar-status") === "enriching")
            throw new Error(`${username} is still enriching`);
          return response;
        },
        { timeout: 20_000, interval: 100 },
      );
    },
    async hurryRetries() {
      await parts.web.db.query("update pgboss.job set start_after = now() where state = 'retry'");
      parts.worker.jobs.wake();
    },
  });
}
