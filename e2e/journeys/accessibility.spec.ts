import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { newcomer } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

const PAGES = [
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

test("axe finds nothing on a workspace's pages, light and dark, and at 320 px none of them scrolls sideways", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "axe@example.com");
  await page.goto(`${workspace}/keys/create`);
  await page.getByLabel("Name").fill("Website");
  await page.getByRole("button", { name: "Create key" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("the key is made");
  const key = page.url().match(/keys\/\w+/)?.[0] ?? "";
  for (const path of [...PAGES, key, `${key}/new`]) {
    await page.goto(`${workspace}/${path}`);
    expect(await accessibilityFaults(page), path).toEqual([]);
    expect(await overflowAt(page, 320), path).toBe(0);
  }
  await page.context().close();
});
