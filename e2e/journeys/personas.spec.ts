import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { newcomer } from "../support/browser-person.ts";
import { ON_SALT } from "../support/personas.ts";
import { expect, test } from "./journey.ts";

test("a persona is made, given a file and asked, and shows its quotes in their passages", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "writer@example.com");
  await page.goto(`${workspace}/personas`);
  await expect(page.getByText("No persona of your own yet")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel("Name").fill("Ann Lee");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByText("The avatar is made.")).toBeVisible();
  await page
    .getByLabel("File", { exact: true })
    .setInputFiles({ name: "on-salt.md", mimeType: "text/markdown", buffer: Buffer.from(ON_SALT) });
  await page.getByRole("button", { name: "Add this file" }).click();
  await expect(page.getByText("The file is taken.")).toBeVisible();
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.getByText("ready", { exact: true }).count();
      },
      { timeout: 30_000 },
    )
    .toBe(1);
  await page.getByLabel("Question").fill("Why is the salt tax unjust?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator("mark").first()).toContainText("The tax on salt falls on the poor");
  await page.getByRole("link", { name: "Source 1" }).click();
  await expect(page).toHaveURL(/#passage-1$/);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);
  await page.getByLabel("Question").fill("What is bitcoin?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("Not in this corpus")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.context().close();
});
