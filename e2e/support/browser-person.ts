import type { Browser, BrowserContext, Page } from "@playwright/test";
import type { Installation } from "./installation.ts";

/** Somebody at a browser who is signed in, as the operator's link signs them in. */
export async function browserPerson(
  browser: Browser,
  installation: Installation,
  email: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<BrowserContext> {
  const { link } = await installation.avtrz<{ link: string }>("sign-in-link", email);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  await page.close();
  return context;
}

/** Somebody new at a browser, with a workspace of their own: its address, and a page that is there. */
export async function newcomer(
  browser: Browser,
  installation: Installation,
  email: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ page: Page; workspace: string }> {
  const context = await browserPerson(browser, installation, email, options);
  const page = await context.newPage();
  // With one workspace there is nothing to choose.
  await page.goto(`${installation.url}/workspaces`);
  await page.waitForURL(/\/org_\w+\/welcome\/key$/);
  return { page, workspace: page.url().replace("/welcome/key", "") };
}

/** Opens an authorization address and presses a button; returns the address that the browser then leaves for. */
export async function answerConsent(page: Page, address: string, button: "Allow" | "Deny" = "Allow"): Promise<URL> {
  const redirectUri = new URL(address).searchParams.get("redirect_uri") ?? "nothing:";
  await page.goto(address);
  const [left] = await Promise.all([
    page.waitForRequest((request) => request.isNavigationRequest() && request.url().startsWith(redirectUri)),
    page.getByRole("button", { name: button }).click({ noWaitAfter: true }),
  ]);
  // What counts is where the browser went: some clients close their listener without an answer.
  await left.response().catch(() => null);
  return new URL(left.url());
}

/** Takes an invitation to a workspace, as the person whose page it is. */
export async function join(page: Page, installation: Installation, organizationId: string): Promise<void> {
  const { link } = await installation.avtrz<{ link: string }>("invitation", "create", "--org", organizationId);
  await page.goto(link);
  await page.getByRole("button", { name: /^Join as/ }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/invite"));
}
