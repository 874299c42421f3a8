import type { Browser } from "@playwright/test";
import type { Installation } from "../support/installation.ts";
import { expect, type Page, test } from "./journey.ts";

/** The link that the terminal shows for an address; it was asked for on the page. */
async function linkInTerminal(installation: Installation, email: string): Promise<string> {
  const shown = new RegExp(`To ${email}: [\\s\\S]*?(http://\\S+/sign-in/link\\S+)`, "g");
  await expect.poll(() => installation.output()).toMatch(shown);
  return [...installation.output().matchAll(shown)].at(-1)?.[1] ?? "";
}

/** From a page that sent somebody to /sign-in, to being back there. */
async function signIn(page: Page, installation: Installation, email: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByRole("status")).toContainText("Look at the terminal.");
  await page.goto(await linkInTerminal(installation, email));
  await expect(page.getByText(`sign in as ${email}`)).toBeVisible();
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Follows a line of the rail, which on a phone is in a menu. */
async function openPage(page: Page, name: string): Promise<void> {
  await page.getByLabel("Menu").first().click();
  await page.getByRole("link", { name, exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

async function open(browser: Browser, javaScriptEnabled: boolean): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  return { page, complaints };
}

for (const javaScript of [true, false]) {
  test(`somebody signs in, invites another, who joins and is removed, ${javaScript ? "with" : "without"} JavaScript`, async ({
    browser,
    prepared: { installation },
  }) => {
    const suffix = javaScript ? "with" : "without";
    const [ada, bob] = [`ada-${suffix}@example.com`, `bob-${suffix}@example.com`];
    const [hers, his] = [await open(browser, javaScript), await open(browser, javaScript)];

    await hers.page.goto(`${installation.url}/workspaces`);
    await expect(hers.page).toHaveURL(`${installation.url}/sign-in?next=%2Fworkspaces`);
    await signIn(hers.page, installation, ada);
    await expect(hers.page).toHaveURL(/\/org_\w+(\/welcome\/key)?$/);
    await openPage(hers.page, "Members");
    await hers.page.getByLabel("Only for this address (optional)").fill(bob);
    await hers.page.getByRole("button", { name: "Make an invitation" }).click();
    const link = (await hers.page.getByText(`${installation.url}/invite/`).textContent()) ?? "";
    expect(hers.page.url()).not.toContain(link.slice(-20));

    await his.page.goto(link);
    await expect(his.page.getByText(`${ada} invites ${bob}`)).toBeVisible();
    await his.page.getByRole("link", { name: "Sign in to join" }).click();
    await signIn(his.page, installation, bob);
    await expect(his.page).toHaveURL(link);
    await his.page.getByRole("button", { name: `Join as ${bob}` }).click();
    await expect(his.page.getByRole("status")).toContainText("You have joined.");
    const shared = his.page.url().split("?")[0] ?? "";
    await his.page.goto(`${installation.url}/workspaces`);
    await expect(his.page.locator('main a[href^="/org_"]')).toHaveCount(2);

    await hers.page.reload();
    await hers.page.getByLabel(`Remove ${bob}`).click();
    await hers.page.getByRole("button", { name: `Remove ${bob}` }).click();
    await expect(hers.page.getByRole("status")).toContainText("The membership has ended");
    expect((await his.page.request.get(shared)).status()).toBe(404);
    await his.page.goto(link);
    await expect(his.page.getByRole("heading", { name: "This invitation is not open." })).toBeVisible();

    await hers.page.getByRole("button", { name: "Menu" }).or(hers.page.getByLabel("Menu")).first().click();
    await hers.page.getByRole("button", { name: "Sign out" }).first().click();
    await expect(hers.page).toHaveURL(`${installation.url}/`);
    await hers.page.goto(`${installation.url}/workspaces`);
    await expect(hers.page).toHaveURL(/\/sign-in/);
    expect([...hers.complaints, ...his.complaints]).toEqual([]);
    for (const { page } of [hers, his]) await page.context().close();
  });
}

test("H-OAUTH-31 the page of somebody who comes to sign in with another site's address leads nowhere else", async ({
  page,
  prepared: { installation },
  complaints,
}) => {
  for (const next of [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "/%0d%0aSet-Cookie:x=1",
    "%2f%2fevil.example",
  ]) {
    const response = await page.goto(`${installation.url}/sign-in?next=${encodeURIComponent(next)}`);
    expect(response?.headers()["set-cookie"]).toBeUndefined();
    expect(await page.locator("input[name=next]").first().getAttribute("value")).toBe("/");
    expect(await page.content()).not.toContain('href="//evil');
  }
  expect(complaints).toEqual([]);
});

test("a link that was used says so, and where to get another", async ({ page, prepared: { installation } }) => {
  const { link } = await installation.avtrz<{ link: string }>("sign-in-link", "cy@example.com");
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/org_\w+(\/welcome\/key)?$/);
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "used already" })).toBeVisible();
  await expect(page.getByRole("status")).toContainText("You are signed in as cy@example.com.");
});
