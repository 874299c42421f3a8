import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { drawFace } from "../../lib/avatars/photos/drawn-face.fixture.ts";
import { findMount } from "../../lib/mounts.ts";
import { readConfig } from "../../lib/platform/config.ts";
import { startEmbeddedDatabase } from "../../lib/platform/embedded-database.ts";
import { migrate } from "../../lib/platform/migrate.ts";
import { PLANS } from "../../lib/quotas/index.ts";
import { createServices, type Services } from "../../lib/services.ts";
import { createOnServer } from "../support/database-server.ts";
import * as contracts from "../support/provider-contracts.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server.ts";
import { startUnipileServer, type UnipileServer } from "../support/unipile-server.ts";
import { verifyDrain } from "./providers-verify.ts";

const PEOPLE = 2_000;
const WORKERS = 2;
/** Fewer than are wanted, so that both run out. */
export const BUDGETS = { enrichlayer: 0.15 * PEOPLE, peopledatalabs: 0.075 * PEOPLE };
const SECRET = "a secret for the bench that is long enough";
const LONGEST_MS = 600_000;

/** Who knows a person: what the bench's providers are told to say. */
export type Kind = "unipile" | "ghost" | "enrichlayer" | "apollo" | "nobody";
export const kindOf = (at: number): Kind =>
  (
    [
      "unipile",
      "unipile",
      "ghost",
      "unipile",
      "apollo",
      "unipile",
      "enrichlayer",
      "unipile",
      "nobody",
      "unipile",
    ] as const
  )[at % 10] ?? "nobody";

export type Servers = {
  unipile: UnipileServer;
  enrichlayer: ProviderServer;
  peopledatalabs: ProviderServer;
  apollo: ProviderServer;
  gravatar: ProviderServer;
  github: ProviderServer;
};

export type Person = { username: string; kind: Kind; email: string | null };

/**
 * 2,000 people nobody knows yet, asked for at once; two worker processes drain them against servers that speak every
 * provider's contract, one of which fails half of the time. What must hold is verified; what does not is an error.
 */
export async function benchProviders() {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-bench-"));
  const closing: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    return await drain(directory, closing);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function drain(directory: string, closing: (() => Promise<unknown>)[]) {
  const people = Array.from({ length: PEOPLE }, (_, at): Person => {
    const username = `cold-person-${at}`;
    return { username, kind: kindOf(at), email: at % 20 === 8 ? `${username}@example.com` : null };
  });
  const servers = await startServers(people);
  closing.push(...Object.values(servers).map((server) => () => server.stop()));
  const database = process.env["TEST_DATABASE_URL"]
    ? await createOnServer()
    : await startEmbeddedDatabase(path.join(directory, "database"), "the bench").then(({ url, stop }) => ({
        url,
        remove: stop,
      }));
  closing.push(database.remove);
  await migrate(database.url);
  const environment = environmentOf(servers, database.url, directory);
  // With a tool's patience: what is measured is the drain, not how soon a database answers that has two cores for all of it.
  const web = await createServices(readConfig(environment), { role: "tool" });
  closing.push(() => web.close());
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(environment)));
  closing.push(...workers.map(({ stop }) => stop));
  web.jobs.onWake(() => {
    for (const { child } of workers) if (child.connected) child.send("wake");
  });

  const { id } = await web.organizations.create(
    { name: "Bench", plan: "self_hosted", limits: PLANS.self_hosted },
    "bench",
  );
  const { key } = await web.keys.manager.create(id, { type: "secret", name: "bench", allowedDomains: [] }, "bench");
  await importAddresses(web, id, people, directory);
  const started = performance.now();
  const cpu = process.cpuUsage();
  await askForAll(web, key, people);
  await drained(web);
  const seconds = (performance.now() - started) / 1_000;
  // Those that providers know nothing of are then found by the addresses that were imported.
  const withAddress = people.filter(({ email }) => email);
  await askForAll(web, key, withAddress);
  await drained(web);
  const stored = await mastersIn(path.join(directory, "objects", "photos"));
  const { user, system } = process.cpuUsage(cpu);
  const results = await verifyDrain({
    web,
    people,
    servers,
    stored,
    startedAt: Date.now() - (performance.now() - started),
  });
  return { people: PEOPLE, workers: WORKERS, seconds, generatorCpuSeconds: (user + system) / 1e6, ...results };
}

async function startServers(people: readonly Person[]): Promise<Servers> {
  const unipile = await startUnipileServer();
  const [enrichlayer, peopledatalabs, apollo, gravatar, github] = await Promise.all(
    [contracts.enrichLayer, contracts.peopleDataLabs, contracts.apollo, contracts.gravatar, contracts.github].map(
      (contract) => startProviderServer(contract),
    ),
  );
  const servers = { unipile, enrichlayer, peopledatalabs, apollo, gravatar, github } as Servers;
  const failsFirst = new Map<string, number>();
  servers.apollo.otherwise((identifier) => {
    const attempt = (failsFirst.get(identifier) ?? 0) + 1;
    failsFirst.set(identifier, attempt);
    const half = createHash("sha256").update(`${identifier} ${attempt}`).digest()[0] ?? 0;
    if (half % 2 === 1) return { kind: "answer", status: 500, body: { error: "oops" } };
    return kinds.get(identifier) === "apollo" ? { kind: "found" } : { kind: "miss" };
  });
  const kinds = new Map(people.map(({ username, kind }) => [username, kind]));
  const emails = new Set(
    people.flatMap(({ email }) => (email ? [createHash("sha256").update(email).digest("hex")] : [])),
  );
  for (const { username, kind } of people) {
    if (kind === "unipile" || kind === "ghost") unipile.set(username, { kind: kind === "ghost" ? "ghost" : "found" });
    if (kind === "ghost" || kind === "enrichlayer") servers.enrichlayer.set(username, { kind: "found" });
    if (kind === "apollo" || kind === "enrichlayer") servers.peopledatalabs.set(username, { kind: "found" });
  }
  const face = await drawFace({ width: 400, height: 400, x: 200, y: 190, faceHeight: 190 }).png().toBuffer();
  for (const { username, kind, email } of people) {
    if (kind === "unipile") servers.unipile.setPhoto(username, { bytes: await portrait(face, username) });
    if (kind === "ghost" || kind === "enrichlayer")
      servers.enrichlayer.setPhoto(username, { bytes: await portrait(face, username) });
    if (kind === "apollo") servers.apollo.setPhoto(username, { bytes: await portrait(face, username) });
    if (!email) continue;
    const hash = createHash("sha256").update(email).digest("hex");
    servers.gravatar.setPhoto(hash, { bytes: await portrait(face, email) });
  }
  servers.gravatar.otherwise((hash) => (emails.has(hash) ? { kind: "found" } : { kind: "miss" }));
  return servers;
}

/** A face, as photos of people have one, that is nobody else's: a band along its side is coloured by the name. */
async function portrait(face: Buffer, name: string): Promise<Buffer> {
  const pixels = createHash("sha384").update(name).digest();
  const band = await sharp(pixels, { raw: { width: 1, height: 16, channels: 3 } })
    .resize(40, 400, { kernel: "nearest" })
    .png()
    .toBuffer();
  return sharp(face)
    .composite([{ input: band, left: 0, top: 0 }])
    .jpeg()
    .toBuffer();
}

function environmentOf(servers: Servers, databaseUrl: string, directory: string): Record<string, string> {
  const { unipile, enrichlayer, peopledatalabs, apollo, gravatar, github } = servers;
  return {
    DATABASE_URL: databaseUrl,
    AVTRZ_DATA_DIR: directory,
    AVTRZ_SECRET: SECRET,
    LOG_LEVEL: "error",
    AVTRZ_ALLOW_PRIVATE_HOSTS: Object.values(servers)
      .map(({ host }) => host)
      .join(","),
    UNIPILE_DSN: unipile.baseUrl,
    UNIPILE_API_KEY: unipile.apiKey,
    UNIPILE_ACCOUNT_ID: unipile.accountId,
    UNIPILE_CONCURRENCY: "16",
    ENRICHLAYER_API_KEY: enrichlayer.apiKey,
    ENRICHLAYER_URL: enrichlayer.baseUrl,
    ENRICHLAYER_MONTHLY_BUDGET: String(BUDGETS.enrichlayer),
    PEOPLEDATALABS_API_KEY: peopledatalabs.apiKey,
    PEOPLEDATALABS_URL: peopledatalabs.baseUrl,
    PEOPLEDATALABS_MONTHLY_BUDGET: String(BUDGETS.peopledatalabs),
    APOLLO_API_KEY: apollo.apiKey,
    APOLLO_URL: apollo.baseUrl,
    GRAVATAR_API_KEY: gravatar.apiKey,
    GRAVATAR_URL: gravatar.baseUrl,
    GITHUB_API_TOKEN: github.apiKey,
    GITHUB_API_URL: github.baseUrl,
  };
}

async function startWorker(
  environment: Record<string, string>,
): Promise<{ child: ChildProcess; stop(): Promise<void> }> {
  const child = fork(path.join(import.meta.dirname, "../support/worker-process.ts"), ["look-ups"], {
    env: { ...environment, NODE_ENV: "production", MALLOC_ARENA_MAX: "2" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", () => reject(new Error("a worker ended before it began")));
  });
  return {
    child,
    async stop() {
      child.disconnect();
      await exit;
    },
  };
}

async function importAddresses(web: Services, organizationId: string, people: readonly Person[], directory: string) {
  const { writeFile } = await import("node:fs/promises");
  const rows = people.flatMap(({ username, email }) => (email ? [`${username},Some,Body,${email}`] : []));
  const file = path.join(directory, "people.csv");
  await writeFile(file, ["username,first name,last name,email", ...rows].join("\n"));
  await web.people.import(organizationId, file, "bench");
}

/** As a list would: a hundred people a request, over the HTTP handler. */
async function askForAll(web: Services, key: string, people: readonly Person[]): Promise<void> {
  const handler = findMount("/v1/avatars");
  if (!handler) throw new Error("nothing is mounted at /v1/avatars");
  for (let at = 0; at < people.length; at += 100) {
    const rows = people.slice(at, at + 100).map(({ username }) => ({ username }));
    const request = new Request("http://localhost:3000/v1/avatars", {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ people: rows }),
    });
    let response = await handler(request.clone(), web);
    // As a client does that is told when to come back: the workers have the database to themselves for a while.
    for (let tries = 0; response.status === 503 && tries < 20; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(response.headers.get("retry-after") ?? 1)));
      response = await handler(request.clone(), web);
    }
    if (response.status !== 200)
      throw new Error(`POST /v1/avatars answered ${response.status}: ${await response.text()}`);
  }
}

async function drained(web: Services): Promise<void> {
  for (
    const end = Date.now() + LONGEST_MS;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 250))
  ) {
    const [row] = await web.db.query<{ left: number }>(
      "select count(*) as left from pgboss.job where name = 'enrich' and state in ('created', 'active', 'retry')",
    );
    if (row?.left === 0) return;
  }
  throw new Error(`the queue was not drained within ${LONGEST_MS / 1_000} s`);
}

async function mastersIn(directory: string): Promise<string[]> {
  const files = await readdir(directory, { recursive: true });
  return files.filter((file) => path.basename(file) === "master");
}

export function reportProviders(result: Awaited<ReturnType<typeof benchProviders>>): void {
  console.log(`${result.people} cold profiles, ${result.workers} workers: drained in ${result.seconds.toFixed(1)} s`);
  for (const [what, told] of Object.entries(result.told)) console.log(`  ${what.padEnd(46)} ${told}`);
}
