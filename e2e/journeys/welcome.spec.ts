import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { browserPerson, newcomer } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

for (const javaScriptEnabled of [true, false]) {
  test(`a newcomer makes a key, asks for a face and sees it, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({
    browser,
    prepared: { installation },
  }) => {
    const email = `newcomer-${javaScriptEnabled ? "with" : "without"}@example.com`;
    const { page, workspace } = await newcomer(browser, installation, email, { javaScriptEnabled });
    await page.getByRole("button", { name: "Make the first key" }).click();
    const command = await page.getByText(/^curl -sLo/).textContent();
    const address = /"(http[^"]+)"/.exec(command ?? "")?.[1] ?? "";
    await page.getByRole("link", { name: "Next: your first face" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Waiting for your first request…");
    if (javaScriptEnabled) {
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflowAt(page, 320)).toBe(0);
    }

    expect((await fetch(address)).status).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("It works", { timeout: 15_000 });
    await expect(page.getByRole("img", { name: "janedoe", exact: false })).toBeVisible();
    if (javaScriptEnabled) expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "To the overview", exact: true }).click();
    await expect(page).toHaveURL(workspace);
    // Whoever has begun is not welcomed again.
    await page.goto(`${installation.url}/workspaces`);
    await expect(page).toHaveURL(workspace);
    await page.context().close();
  });
}

test("another workspace is made by its name, refused without one, and each step can be skipped", async ({
  browser,
  prepared: { installation },
}) => {
  const context = await browserPerson(browser, installation, "two-places@example.com", { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${installation.url}/onboarding/workspace`);
  await page.getByLabel("Name").fill("   ");
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "1 to 80 characters" })).toBeVisible();
  await page.getByLabel("Name").fill("Recruiting <b>");
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome to Recruiting <b>");
  await page.getByRole("link", { name: "Skip to the overview" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  await page.goto(`${installation.url}/workspaces`);
  await expect(page.locator('main a[href^="/org_"]')).toHaveCount(2);
  await context.close();
});
