import { defineConfig, devices } from "@playwright/test";
import { BROWSER_ARGUMENTS, findChromium } from "./e2e/support/browser.ts";

export default defineConfig({
  testDir: "e2e",
  // Each has an installation of its own: what clients leave behind is nothing that a journey should meet.
  projects: [
    { name: "journeys", testMatch: "journeys/**/*.spec.ts" },
    { name: "clients", testMatch: "clients/**/*.spec.ts" },
  ],
  outputDir: "test-results",
  workers: 2,
  // As in vitest.config.ts: what needs its second try is named at the end of `npm test`.
  retries: 1,
  timeout: 60_000,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    launchOptions: { executablePath: findChromium() ?? "", args: BROWSER_ARGUMENTS },
    screenshot: "only-on-failure",
    // Recording costs a third of a journey's time; what failed once is recorded when it is tried again.
    trace: "on-first-retry",
  },
});
