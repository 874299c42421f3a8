import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { newcomer } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

test("a webhook is made, its secret is shown once, a test tells what became of it, and it is deleted; retention is chosen", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "hooks@example.com", { javaScriptEnabled: true });
  await page.goto(`${workspace}/settings/webhooks`);
  await expect(page.getByText("Nobody is told yet")).toBeVisible();
  await page.getByLabel("Address").fill("https://127.0.0.1:9/hooks?token=t");
  await page.getByRole("checkbox", { name: "quota.80" }).uncheck();
  await page.getByRole("button", { name: "Add webhook" }).click();
  const secret = page.getByText(/^whsec_[\w+/]{43}=$/);
  await expect(secret).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "quota.80" })).not.toBeChecked();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Send a test" }).click();
  const refused = "Its address is not on the public internet, and nothing is sent there.";
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(/tried again/).first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await page.locator("summary").filter({ hasText: "test" }).click();
  await expect(page.getByText(refused)).toBeVisible();
  await expect(page.getByText('"hello": "world"')).toBeVisible();
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("status").first()).toContainText("It is sent again");
  expect(await overflowAt(page, 320)).toBe(0);
  await page.getByText("Delete…").click();
  await page.getByRole("button", { name: "Delete the webhook" }).click();
  await expect(page.getByText("Nobody is told yet")).toBeVisible();

  await page.getByRole("link", { name: "Retention" }).click();
  await page.getByLabel("Days for which they are kept").fill("61");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert").first()).toContainText("Choose a number of days from 62");
  await page.getByLabel("Days for which they are kept").fill("90");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Days for which they are kept")).toHaveValue("90");
  await page.context().close();
});
