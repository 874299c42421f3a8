/**
 * `npm test`: the checks, every test on the embedded database, every sample of the documentation, the tests once more on
 * PostgreSQL and Redis where TEST_DATABASE_URL and TEST_REDIS_URL name them, and everything that needs a browser. The last
 * line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { findChromium, installChromium } from "../e2e/support/browser.ts";
import { createOnServer } from "../e2e/support/database-server.ts";
import { buildWhenStale } from "./build.ts";
import { bin, CHECKS, runCheck } from "./checks.ts";

type Count = { passed: number; failed: number };
/** What a runner's report holds: how many tests passed, and the ones that did not, or not at once. */
type Report = { passed: number; failures: Failure[]; second: Failure[] };
type Failure = { test: string; message: string };

const ROOT = path.join(import.meta.dirname, "..");
const reports = mkdtempSync(path.join(tmpdir(), "avtrz-reports-"));
const total: Count = { passed: 0, failed: 0 };
const failures: Failure[] = [];
const second: Failure[] = [];

heading("Checks");
for (const check of CHECKS) {
  const passed = await runCheck(check);
  count(passed);
  if (!passed) failures.push({ test: check[0], message: "What it said stands above, under Checks." });
}

heading("Unit tests");
await vitest("unit", ["--project", "unit"]);

heading("The build");
count(
  await buildWhenStale(ROOT).then(
    () => true,
    (error: Error) => report(error.message),
  ),
);

heading("Avatars: the package, its stdio server, its commands; every sample of the documentation");
await vitest("apart", ["--project", "personas", "--project", "docs"]);

heading("Services over HTTP, hostile input, crashes: embedded database");
await vitest("embedded", ["--project", "e2e"], { AVTRZ_TEST_BACKEND: "embedded" });

if (process.env["TEST_DATABASE_URL"]) {
  heading("The same on PostgreSQL and Redis");
  const answers = await serversAnswer();
  count(answers);
  if (answers) await vitest("postgres", ["--project", "e2e"], { AVTRZ_TEST_BACKEND: "postgres" });
} else {
  console.log("\nTEST_DATABASE_URL is not set: what is above was tested on the embedded database alone.");
}

heading("Journeys in a browser, clients that others wrote, and the official conformance suite");
if (findChromium() ?? installChromium()) await playwright();
else count(report("No Chromium was found and none could be installed. Install one, or name it with CHROMIUM_PATH."));

rmSync(reports, { recursive: true, force: true });
tell("Passed only at the second try", second);
tell("Failed", failures);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

function heading(text: string): void {
  console.log(`\n${text}`);
}

function report(sentence: string): false {
  console.log(`✗ ${sentence}`);
  failures.push({ test: "npm test", message: sentence });
  return false;
}

/** The tests of a kind once more, at the end, where the last lines of a long run are read. */
function tell(title: string, tests: Failure[]): void {
  if (tests.length === 0) return;
  heading(title);
  for (const { test, message } of tests)
    console.log(`✗ ${test}\n    ${message.split("\n").slice(0, 12).join("\n    ")}`);
}

function count(passed: boolean): void {
  if (passed) total.passed++;
  else total.failed++;
}

async function vitest(name: string, parameters: string[], environment: Record<string, string> = {}): Promise<void> {
  const file = path.join(reports, `${name}.json`);
  const code = await run(
    bin("vitest"),
    ["run", ...parameters, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    environment,
  );
  add(name, code, file, readVitest);
}

type VitestReport = {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
};

function readVitest({ testResults }: VitestReport): Report {
  const report: Report = { passed: 0, failures: [], second: [] };
  for (const { name, status, message, assertionResults } of testResults) {
    const file = path.relative(ROOT, name);
    const before = report.failures.length;
    for (const { fullName, status, failureMessages } of assertionResults) {
      const failure = { test: `${file} › ${fullName}`, message: failureMessages?.join("\n") ?? "" };
      if (status === "failed") report.failures.push(failure);
      if (status === "passed") report.passed++;
      if (status === "passed" && failure.message) report.second.push(failure);
    }
    // A file that could not be loaded has no failed test in it.
    if (status === "failed" && report.failures.length === before)
      report.failures.push({ test: file, message: message ?? "" });
  }
  return report;
}

async function playwright(): Promise<void> {
  const file = path.join(reports, "journeys.json");
  const code = await run(bin("playwright"), ["test", "--reporter=list,json"], { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  add("journeys", code, file, readPlaywright);
}

type PlaywrightSuite = {
  suites?: PlaywrightSuite[];
  specs?: {
    file: string;
    title: string;
    tests: { projectName: string; status: string; results: { error?: { message?: string } }[] }[];
  }[];
};

function readPlaywright(suite: PlaywrightSuite): Report {
  const report: Report = { passed: 0, failures: [], second: [] };
  for (const { file, title, tests } of suite.specs ?? [])
    for (const { projectName, status, results } of tests) {
      const message = results.map(({ error }) => error?.message ?? "").join("\n");
      const failure = { test: `[${projectName}] ${file} › ${title}`, message };
      if (status === "expected" || status === "flaky") report.passed++;
      if (status === "flaky") report.second.push(failure);
      if (status === "unexpected") report.failures.push(failure);
    }
  for (const inner of suite.suites ?? []) {
    const { passed, failures, second } = readPlaywright(inner);
    report.passed += passed;
    report.failures.push(...failures);
    report.second.push(...second);
  }
  return report;
}

/** Adds what a runner counted; one that ended badly without counting a failure is a failure itself. */
function add<Result>(name: string, code: number | null, file: string, read: (result: Result) => Report): void {
  let report: Report = { passed: 0, failures: [], second: [] };
  try {
    report = read(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // It ended before it could report.
  }
  if (code !== 0 && report.failures.length === 0)
    report.failures.push({
      test: name,
      message: `The runner ended with ${code} and named no test; its output says why.`,
    });
  total.passed += report.passed;
  total.failed += report.failures.length;
  failures.push(...report.failures);
  second.push(...report.second);
}

function run(command: string, parameters: string[], environment: Record<string, string>): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...environment },
    });
    child.once("exit", resolve);
  });
}

/** Servers that were named must answer; a run that quietly left them out would prove less than it says. */
async function serversAnswer(): Promise<boolean> {
  try {
    await (await createOnServer()).remove();
  } catch (error) {
    return report(`PostgreSQL at TEST_DATABASE_URL does not answer: ${(error as Error).message}`);
  }
  const url = process.env["TEST_REDIS_URL"];
  if (!url) return true;
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    await redis.ping();
    return true;
  } catch (error) {
    return report(`Redis at TEST_REDIS_URL does not answer: ${(error as Error).message}`);
  } finally {
    redis.disconnect();
  }
}
