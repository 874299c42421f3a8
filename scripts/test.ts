/**
 * `npm test`: the checks, every test on the embedded database, once more on PostgreSQL and Redis where
 * TEST_DATABASE_URL and TEST_REDIS_URL name them, and the browser journeys. The last line is `N passed, N failed`.
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

const ROOT = path.join(import.meta.dirname, "..");
const reports = mkdtempSync(path.join(tmpdir(), "avtrz-reports-"));
const total: Count = { passed: 0, failed: 0 };

heading("Checks");
for (const check of CHECKS) count(await runCheck(check));

heading("Unit tests");
await vitest("unit", ["--project", "unit"]);

heading("The build");
count(
  await buildWhenStale(ROOT).then(
    () => true,
    (error: Error) => report(error.message),
  ),
);

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

heading("Journeys in a browser");
if (findChromium() ?? installChromium()) await playwright();
else count(report("No Chromium was found and none could be installed. Install one, or name it with CHROMIUM_PATH."));

rmSync(reports, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

function heading(text: string): void {
  console.log(`\n${text}`);
}

function report(sentence: string): false {
  console.log(`✗ ${sentence}`);
  return false;
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
  add(code, file, (result) => ({
    passed: Number(result["numPassedTests"]),
    // A file that could not be loaded has no failed test in it.
    failed: Math.max(Number(result["numFailedTests"]), Number(result["numFailedTestSuites"])),
  }));
}

async function playwright(): Promise<void> {
  const file = path.join(reports, "journeys.json");
  const code = await run(bin("playwright"), ["test", "--reporter=list,json"], { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  add(code, file, ({ stats }) => {
    const { expected, unexpected, flaky } = stats as Record<string, number>;
    return { passed: Number(expected), failed: Number(unexpected) + Number(flaky) };
  });
}

/** Adds what a runner counted; one that ended badly without counting a failure is a failure itself. */
function add(code: number | null, file: string, read: (result: Record<string, unknown>) => Count): void {
  let counted: Count = { passed: 0, failed: 0 };
  try {
    counted = read(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // It ended before it could report.
  }
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  total.passed += counted.passed;
  total.failed += counted.failed;
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
