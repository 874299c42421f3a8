/** `npm run screenshots`: every page in light, dark and at 390 px, into screenshots/ (git-ignored), to be looked at. */
import path from "node:path";
import { chromium } from "playwright";
import { BROWSER_ARGUMENTS, findChromium, installChromium } from "../e2e/support/browser.ts";
import { peopledInstallation } from "../e2e/support/peopled-installation.ts";
import { buildWhenStale } from "./build.ts";

const ROOT = path.join(import.meta.dirname, "..");
const FOLDER = path.join(ROOT, "screenshots");

const PAGES: Record<string, (key: string) => string> = {
  home: () => "/",
  "home-face": (key) => `/?person=ada-brook&key=${key}`,
  "home-initials": () => "/?person=grace-hopper",
  "home-mistake": (key) => `/?person=https://www.linkedin.com/company/acme&key=${key}`,
  errors: () => "/docs/errors",
  "not-found": () => "/nowhere",
};

const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
} as const;

const executablePath = findChromium() ?? installChromium();
if (!executablePath) throw new Error("No Chromium was found. Install one, or name it with CHROMIUM_PATH.");
await buildWhenStale(ROOT);
const { installation, key, remove } = await peopledInstallation();
const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
try {
  for (const [look, options] of Object.entries(LOOKS)) {
    const context = await browser.newContext({ ...options, deviceScaleFactor: 1.5 });
    const page = await context.newPage();
    for (const [name, address] of Object.entries(PAGES)) {
      await page.goto(installation.url + address(key), { waitUntil: "networkidle" });
      await page.screenshot({ path: path.join(FOLDER, `${name}-${look}.png`) });
      console.log(`screenshots/${name}-${look}.png`);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await remove();
}
