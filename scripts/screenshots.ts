/** `npm run screenshots`: every page in light, dark and at 390 px, into screenshots/ (git-ignored), to be looked at. */
import path from "node:path";
import { type BrowserContextOptions, chromium, type Page } from "playwright";
import { BROWSER_ARGUMENTS, findChromium, installChromium } from "../e2e/support/browser.ts";
import { browserPerson, join } from "../e2e/support/browser-person.ts";
import { askForConsent } from "../e2e/support/consent-request.ts";
import { peopledInstallation } from "../e2e/support/peopled-installation.ts";
import { askOnPage, writtenPersona } from "../e2e/support/personas-in-installation.ts";
import { buildWhenStale } from "./build.ts";

const ROOT = path.join(import.meta.dirname, "..");
const FOLDER = path.join(ROOT, "screenshots");

const PAGES: Record<string, (key: string) => string> = {
  home: () => "/",
  "home-face": (key) => `/?person=ada-brook&key=${key}`,
  "home-initials": () => "/?person=grace-hopper",
  "home-mistake": (key) => `/?person=https://www.linkedin.com/company/acme&key=${key}`,
  "sign-in": () => "/sign-in",
  "sign-in-sent": () => "/sign-in?sent=1",
  docs: () => "/docs",
  "docs-quickstart": () => "/docs/quickstart",
  "docs-get-avatar": () => "/docs/get-avatar#reference",
  "docs-connect-cursor": () => "/docs/connect-cursor",
  errors: () => "/docs/errors",
  "remove-my-photo": () => "/remove-my-photo",
  "remove-my-photo-sent": () => "/remove-my-photo?sent=1",
  "remove-my-photo-mistake": () =>
    "/remove-my-photo?error=unsupported_path&profile=linkedin.com/company/acme&email=ada@example.com",
  "not-found": () => "/nowhere",
};

/** What a signed-in person sees; `origin` is the installation's address. */
const OWN_PAGES: Record<string, (origin: string) => Promise<string>> = {
  workspaces: async (origin) => `${origin}/workspaces`,
  "consent-claude": (origin) => consent(origin, "Claude", "https://claude.ai/api/mcp/auth_callback"),
  "consent-unverified": (origin) => consent(origin, "Claude", "https://tools.example.net/mcp/callback"),
  "consent-cursor": (origin) => consent(origin, "Cursor", "cursor://anysphere.cursor-mcp/oauth/callback"),
  "consent-loopback": (origin) => consent(origin, "MCP CLI Proxy", "http://127.0.0.1:3334/oauth/callback"),
  "consent-over": async (origin) => `${origin}/oauth/authorize/areq_${"0".repeat(26)}`,
};
/** Pages of the first workspace, below its address. */
const WORKSPACE_PAGES = [
  "",
  "requests",
  "welcome/key",
  "welcome/request",
  "personas",
  "people",
  "people/import",
  "people/ada-brook",
  "keys",
  "keys/create",
  "connections",
  "members",
  "usage",
  "activity",
  "settings",
  "settings/webhooks",
  "settings/retention",
  "settings/sessions",
  "settings/danger",
];
const WORKSPACES = [
  "Harbour & Vale",
  "Recruiting",
  "A workspace whose name is as long as somebody could make it, and longer",
];

const OWNER = "maria.lindqvist@example.com";
const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
} as const;

const executablePath = findChromium() ?? installChromium();
if (!executablePath) throw new Error("No Chromium was found. Install one, or name it with CHROMIUM_PATH.");
await buildWhenStale(ROOT);
const { installation, organizationId, key, remove } = await peopledInstallation({ AVTRZ_OWNER_EMAIL: OWNER });
const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
try {
  await photograph(PAGES, async (address) => installation.url + address(key));
  const owner = await browserPerson(browser, installation, OWNER);
  const storageState = await owner.storageState();
  await photograph(OWN_PAGES, (address) => address(installation.url), { storageState });
  const named = Object.fromEntries(WORKSPACE_PAGES.map((path) => [path.replaceAll("/", "-") || "overview", path]));
  const below = async (path: string) => `${installation.url}/${organizationId}/${path}`;
  await photograph(named, below, { storageState });
  const page = await owner.newPage();
  await photograph(await personaPages(page), async (address) => address, { storageState });
  await photograph(await rightsPages(page), async (address) => address, { storageState });
  for (const name of WORKSPACES) {
    const { id } = await installation.avtrz<{ id: string }>("org", "create", name);
    await join(page, installation, id);
  }
  const { "consent-claude": many } = OWN_PAGES;
  if (many) await photograph({ "consent-workspaces": many }, (address) => address(installation.url), { storageState });
} finally {
  await browser.close();
  await remove();
}

async function photograph<Address>(
  pages: Record<string, Address>,
  addressOf: (address: Address) => Promise<string>,
  more: BrowserContextOptions = {},
): Promise<void> {
  for (const [look, options] of Object.entries(LOOKS)) {
    const context = await browser.newContext({ ...options, ...more, deviceScaleFactor: 1.5 });
    const page = await context.newPage();
    for (const [name, address] of Object.entries(pages)) {
      await page.goto(await addressOf(address), { waitUntil: "networkidle" });
      await page.screenshot({ path: path.join(FOLDER, `${name}-${look}.png`) });
      console.log(`screenshots/${name}-${look}.png`);
    }
    await context.close();
  }
}

/** A persona, what it answers and what it does not, and a passage that it quoted. */
async function personaPages(page: Page): Promise<Record<string, string>> {
  const persona = `${installation.url}/${organizationId}/personas/${await writtenPersona(installation, organizationId)}`;
  const answer = await askOnPage(page, persona, "When was the mole at Wells begun, and by whom?");
  await page.getByRole("link", { name: "Source 1" }).click();
  await page.waitForURL(/\/passages\//);
  return {
    "personas-two": persona.replace(/\/[^/]+$/, ""),
    persona,
    "persona-edit": `${persona}/edit`,
    "persona-evaluation": await evaluateOnPage(page, persona),
    "persona-answer": answer,
    "persona-passage": page.url().replace("#quote", ""),
    "persona-refusal": await askOnPage(page, persona, "What do you think of bitcoin?"),
  };
}

/** Has a persona asked a few questions whose answers are known; the page that tells of it. */
async function evaluateOnPage(page: Page, persona: string): Promise<string> {
  const quote = "The mole at Wells was begun in the spring";
  const questions = [
    {
      id: "1",
      style: "near",
      question: "When was the mole at Wells begun?",
      gold: [{ document: "on harbours", quote }],
    },
    {
      id: "2",
      style: "mid",
      question: "Who opposed building the harbour wall?",
      gold: [{ document: "on harbours", quote }],
    },
    { id: "3", kind: "uncovered", question: "What do you think of bitcoin?" },
    { id: "4", kind: "uncovered", question: "Who painted the ceiling of the chapel?" },
  ];
  const buffer = Buffer.from(questions.map((one) => JSON.stringify(one)).join("\n"));
  await page.goto(`${persona}/evaluation`);
  await page
    .getByLabel("Questions", { exact: true })
    .setInputFiles({ name: "questions.jsonl", mimeType: "text/plain", buffer });
  await page.getByRole("button", { name: "Ask them" }).click();
  await page.getByText("refused").first().waitFor({ timeout: 60_000 });
  return `${persona}/evaluation`;
}

/** The operator's queue with people in it, and a webhook that was told of something. */
async function rightsPages(page: Page): Promise<Record<string, string>> {
  const asking: [profile: string, email: string, note: string][] = [
    ["ada-brook", "ada.brook@example.com", "My employer’s page names this address: harbour.example/people/ada"],
    ["a-name-as-long-as-linkedin-lets-somebody-choose-it-for-their-own-profile-on-it", "someone@example.com", ""],
    ["oskar-wolny", "not.oskar@example.com", "please"],
  ];
  for (const [profile, email, note] of asking) {
    await page.goto(`${installation.url}/remove-my-photo`);
    await page.getByLabel("Your LinkedIn profile").fill(profile);
    await page.getByLabel("Your e-mail address").fill(email);
    await page.getByLabel("Anything that helps to decide").fill(note);
    await page.getByRole("button", { name: "Ask for it" }).click();
    await page.waitForURL(/sent=1/);
  }
  const queue = `${installation.url}/operator/removals`;
  await page.goto(queue);
  const last = page.getByRole("listitem").filter({ hasText: "oskar-wolny" });
  await last.getByLabel("Reason, which they are mailed").fill("This is not your profile.");
  await last.getByRole("button", { name: /^Refuse/ }).click();
  await page.waitForURL(/done=refuse/);
  await page.goto(`${installation.url}/${organizationId}/settings/webhooks`);
  await page.getByLabel("Address").fill("https://hooks.nowhere.example/avtrz?token=a-token");
  await page.getByRole("button", { name: "Add webhook" }).click();
  await page.waitForURL(/webhooks\/whe_/);
  const webhook = page.url().split("?")[0] ?? "";
  await page.getByRole("button", { name: "Send a test" }).click();
  await page
    .getByText("tried again")
    .waitFor({ timeout: 1_000 })
    .catch(() => page.waitForTimeout(4_000));
  return {
    "operator-removals": queue,
    "settings-webhook": webhook,
    "settings-webhooks-one": webhook.replace(/\/[^/]+$/, ""),
  };
}

async function consent(origin: string, name: string, redirectUri: string): Promise<string> {
  return (await askForConsent(origin, { name, redirectUri })).address;
}
