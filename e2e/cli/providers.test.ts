import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { ask, runTool } from "../support/command-line.ts";
import { importText } from "../support/people.ts";
import { enrichLayer } from "../support/provider-contracts.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server.ts";
import { newUsername, testServices, workspace } from "../support/services.ts";

let provider: ProviderServer;

beforeEach(async () => {
  provider = await startProviderServer(enrichLayer);
  onTestFinished(() => provider.stop());
});

/** What the tool reads of its environment; each run of it forgets them. */
function setProvider(): void {
  vi.stubEnv("ENRICHLAYER_API_KEY", provider.apiKey);
  vi.stubEnv("ENRICHLAYER_URL", provider.baseUrl);
  vi.stubEnv("ENRICHLAYER_MONTHLY_BUDGET", "700000");
}

test("people recheck says what it may cost, asks nobody itself, and queues whoever is due", async () => {
  const services = await testServices();
  const { config } = services;
  const { id } = await workspace(services);
  const username = newUsername("again");
  await importText(services, id, "people.csv", `username,first name\n${username},Ada\n`);

  setProvider();
  const estimate = await ask(config, "people", "recheck", username, "--org", id, "--estimate");
  expect(estimate).toMatchObject({ username, status: "estimate", cost: [{ provider: "enrichlayer", units: 1 }] });
  const queued = async () =>
    services.db.query("select from profile where username = $1 and queued_at is not null", [username]);
  expect(await queued()).toHaveLength(0);

  setProvider();
  const told = await runTool(config, "people", "recheck", username, "--org", id);
  expect(told).toMatchObject({ code: 0, stderr: "" });
  expect(told.stdout).toContain(`${username} is being looked up`);
  expect(told.stdout).toMatch(/enrichlayer/i);
  expect(await queued()).toHaveLength(1);
  expect(provider.calls).toEqual([]);

  await services.db.query("update profile set queued_at = null, checked_at = now() where username = $1", [username]);
  setProvider();
  expect(await ask(config, "people", "recheck", username, "--org", id)).toMatchObject({ status: "not_due" });
  setProvider();
  const stranger = await runTool(config, "people", "recheck", newUsername("stranger"), "--org", id, "--json");
  expect([stranger.code, JSON.parse(stranger.stderr).error.code]).toEqual([1, "person_not_found"]);
});

test("provider status tells order, budget and state, and nothing of the key", async () => {
  const services = await testServices();
  setProvider();
  const { order, providers } = await ask<{ order: string[]; providers: { provider: string }[] }>(
    services.config,
    "provider",
    "status",
  );
  expect(order).toContain("enrichlayer");
  expect(providers.find((one) => one.provider === "enrichlayer")).toMatchObject({
    configured: true,
    monthlyBudget: 700_000,
  });
  setProvider();
  const told = await runTool(services.config, "provider", "status");
  expect(told.stdout).toMatch(/PROVIDER +STATE +CALLS THIS MONTH +BUDGET +LAST ASKED/);
  expect(told.stdout).toMatch(/enrichlayer .*700,000/);
  expect(told.stdout + told.stderr).not.toContain(provider.apiKey);
});
