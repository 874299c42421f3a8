import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject, onTestFinished } from "vitest";
import type { KeyType, MintedKey } from "../../lib/keys/index.ts";
import { findMount } from "../../lib/mounts.ts";
import type { Clock } from "../../lib/platform/clock.ts";
import { type Config, readConfig } from "../../lib/platform/config.ts";
import { PLANS } from "../../lib/quotas/index.ts";
import { createServices, type Overrides, type Services } from "../../lib/services.ts";

/** Real services on the run's database, with a data directory of their own; closed when the test ends. */
export async function testServices(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<Services> {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-data-"));
  const services = await createServices(testConfig({ dataDirectory: directory, ...config }), overrides);
  onTestFinished(async () => {
    await services.close();
    await rm(directory, { recursive: true, force: true });
  });
  return services;
}

/** A configuration for tests: the run's database, quiet, and one secret for all. */
export function testConfig(config: Partial<Config> = {}): Config {
  const redisUrl = inject("redisUrl");
  const defaults = readConfig({});
  return {
    ...defaults,
    // These requests have no network address, so the run's Redis counts those of all tests at once as of one.
    rateLimits: { ...defaults.rateLimits, address: 1_000_000 },
    publicUrl: "http://avtrz.test",
    databaseUrl: inject("databaseUrl"),
    secret: "a secret for tests that is long enough",
    logLevel: "silent",
    redis: redisUrl ? { kind: "redis", url: redisUrl } : undefined,
    ...config,
  };
}

/** A provider that is configured, and is never reached: these services run no worker. */
export const unipileConfig: Partial<Config> = {
  unipile: { api: "v1", dsn: "127.0.0.1:1", apiKey: "none", accountId: "none" },
};

export type Workspace = {
  id: string;
  key: string;
  keyId: string;
  mint(type: KeyType, domains?: string[]): Promise<MintedKey>;
};

/** A new organization with a publishable key. Limits not given are unlimited. */
export async function workspace(services: Services, limits: Partial<Record<string, number>> = {}): Promise<Workspace> {
  const { id } = await services.organizations.create(
    { name: "Test", plan: "self_hosted", limits: { ...PLANS.self_hosted, ...limits } },
    "test",
  );
  const mint = (type: KeyType, allowedDomains: string[] = []) =>
    services.keys.manager.create(id, { type, name: "test", allowedDomains }, "test");
  const { key, id: keyId } = await mint("publishable");
  return { id, key, keyId, mint };
}

/** Sends a request to the handler that is mounted at its path, without any server. */
export function send(
  services: Services,
  target: string,
  init: RequestInit & { duplex?: "half" } = {},
): Promise<Response> {
  const request = new Request(`http://avtrz.test${target}`, init);
  const handler = findMount(new URL(request.url).pathname);
  if (!handler) throw new Error(`nothing is mounted at ${target}`);
  return handler(request, services);
}

/** `GET /v1/avatar` with a key and parameters. */
export function getAvatar(
  services: Services,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return send(services, `/v1/avatar?${new URLSearchParams(parameters)}`, { headers });
}

/** `POST /v1/avatars`; texts and streams are sent as they are, anything else as JSON. */
export function postAvatars(
  services: Services,
  key: string,
  body: unknown,
  headers: Record<string, string> = {},
  query = "",
): Promise<Response> {
  const raw = typeof body === "string" || body instanceof ReadableStream ? body : JSON.stringify(body);
  return send(services, `/v1/avatars${query}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key, ...headers },
    body: raw,
    duplex: "half",
  });
}

/** The AvatarRequest rows of an organization, oldest first, once what waits has been written. */
export async function ledgerOf(services: Services, organizationId: string) {
  await services.quotas.ledger.close();
  const prisma = await services.db.prisma();
  return prisma.avatarRequest.findMany({ where: { organizationId }, orderBy: { id: "asc" } });
}

/** Units used this month. */
export async function used(services: Services, organizationId: string, metric = "avatar_requests"): Promise<number> {
  const usage = await services.quotas.limits.usage(organizationId);
  return usage.find((row) => row.metric === metric)?.used ?? 0;
}

/** A clock that stands until it is moved. */
export function steppedClock(start = Date.now()): Clock & { advance(milliseconds: number): void } {
  let now = start;
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

let people = 0;
/** A LinkedIn username that no other test uses. */
export function newUsername(prefix = "person"): string {
  return `${prefix}-${process.pid.toString(36)}-${Date.now().toString(36)}-${people++}`;
}
