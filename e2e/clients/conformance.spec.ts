import { createHash, randomBytes } from "node:crypto";
import { freePort } from "../support/installation.ts";
import { expect, type Running, test } from "./client.ts";
import { type Results, runConformance, tokenProxy } from "./conformance-run.ts";
import { APPLICABLE, NOT_APPLICABLE, WITH_FIXTURES } from "./conformance-scenarios.ts";
import { startFixtureMount } from "./fixture-mount.ts";
import { onAuthorizationUrl } from "./program.ts";

const runs = new Map<string, Promise<Results>>();
const counted = { scenarios: 0, checks: 0 };

for (const [revision, applicable] of Object.entries(APPLICABLE)) {
  for (const { scenario, except = {} } of applicable) {
    test(`conformance ${revision}: ${scenario}`, async ({ running }) => {
      const checks = (await serverRun(running, revision)).get(scenario) ?? [];
      const failures = checks.filter(({ status }) => status === "FAILURE");
      expect(failures.filter(({ id }) => !(id in except))).toEqual([]);
      expect(failures.map(({ id }) => id).sort()).toEqual(Object.keys(except).sort());
      count(checks);
    });
  }

  test(`conformance ${revision}: no scenario is left out without a reason`, async ({ running }) => {
    const known = new Set<string>([
      ...applicable.map(({ scenario }) => scenario),
      ...WITH_FIXTURES,
      ...Object.keys(NOT_APPLICABLE),
    ]);
    const unknown = [...(await serverRun(running, revision)).keys()].filter(
      (scenario) => !known.has(scenario) && !known.has(`${revision}/${scenario}`),
    );
    expect(unknown).toEqual([]);
  });
}

for (const revision of Object.keys(APPLICABLE)) {
  test(`conformance ${revision}: every kind of content, on a mount with the suite's own tools and resources`, async () => {
    const fixtures = await startFixtureMount();
    try {
      const results = await runConformance([
        ...["server", "--url", fixtures.url, "--suite", "all", "--spec-version", revision],
      ]);
      for (const scenario of WITH_FIXTURES) {
        const checks = results.get(scenario) ?? [];
        expect(
          checks.filter(({ status }) => status !== "SUCCESS"),
          scenario,
        ).toEqual([]);
        count(checks);
      }
    } finally {
      await fixtures.stop();
    }
  });
}

test("conformance: the authorization server's metadata and code grant", async ({ running }) => {
  const port = await freePort();
  const clientId = await register(running, `http://127.0.0.1:${port}/callback`);
  let allowed: Promise<unknown> = Promise.resolve();
  const results = await runConformance(
    [
      "authorization",
      "--url",
      running.installation.url,
      "--client-id",
      clientId,
      "--resource",
      running.mcp,
      "-p",
      `${port}`,
    ],
    onAuthorizationUrl((address) => {
      allowed = running.allow(address);
    }),
  );
  await allowed;
  expect([...results.keys()].filter((name) => /metadata-endpoint|code-grant/.test(name))).toHaveLength(2);
  for (const checks of results.values()) {
    expect(checks.filter(({ status }) => status !== "SUCCESS" && status !== "INFO")).toEqual([]);
    count(checks);
  }
});

test.afterAll(() => {
  console.log(`    conformance: ${counted.scenarios} scenarios, ${counted.checks} checks passed`);
});

function count(checks: readonly { status: string }[]): void {
  const passed = checks.filter(({ status }) => status === "SUCCESS").length;
  expect(passed).toBeGreaterThan(0);
  counted.scenarios++;
  counted.checks += passed;
}

/** All server scenarios of a revision in one run, whose results the tests above read. */
function serverRun(running: Running, revision: string): Promise<Results> {
  let run = runs.get(revision);
  if (!run) {
    run = runServerScenarios(running, revision);
    runs.set(revision, run);
  }
  return run;
}

async function runServerScenarios(running: Running, revision: string): Promise<Results> {
  const proxy = await tokenProxy(running.mcp, await accessToken(running));
  try {
    return await runConformance(["server", "--url", proxy.url, "--suite", "all", "--spec-version", revision]);
  } finally {
    proxy.close();
  }
}

async function accessToken(running: Running): Promise<string> {
  const redirectUri = "http://127.0.0.1:51737/callback";
  const clientId = await register(running, redirectUri);
  const verifier = randomBytes(32).toString("base64url");
  const parameters = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const answer = await running.allow(`${running.installation.url}/oauth/authorize?${parameters}`);
  const exchanged = await fetch(`${running.installation.url}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      code: answer.searchParams.get("code") ?? "",
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }),
  });
  return ((await exchanged.json()) as { access_token: string }).access_token;
}

async function register(running: Running, redirectUri: string): Promise<string> {
  const answer = await fetch(`${running.installation.url}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "The conformance suite", redirect_uris: [redirectUri] }),
  });
  return ((await answer.json()) as { client_id: string }).client_id;
}
