import { defineConfig, devices } from "@playwright/test";
import { BROWSER_ARGUMENTS, findChromium } from "./e2e/support/browser.ts";

export default defineConfig({
  testDir: "e2e/journeys",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  workers: 1,
  timeout: 60_000,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    launchOptions: { executablePath: findChromium() ?? "", args: BROWSER_ARGUMENTS },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
