import { browserPerson, newcomer } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

test("a workspace is renamed, sessions are ended, and the workspace is deleted by its typed name, without JavaScript too", async ({
  browser,
  prepared: { installation },
}) => {
  const email = "settles@example.com";
  const { page, workspace } = await newcomer(browser, installation, email, { javaScriptEnabled: false });
  await page.goto(`${workspace}/settings`);
  await page.getByLabel("Name of the workspace").fill("  ");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "A name has 1 to 80 characters." })).toBeVisible();
  await page.getByLabel("Name of the workspace").fill("Harbour & Vale");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("status")).toContainText("The workspace has its new name.");

  const phone = await browserPerson(browser, installation, email, {
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 Version/18.2 Safari/604.1",
  });
  await page.getByRole("link", { name: "Your sessions" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "this one" })).toHaveCount(1);
  await page.getByRole("button", { name: "End the session on Safari on an iPhone" }).click();
  await expect(page.getByRole("status")).toContainText("The session has ended.");
  const theirs = await phone.newPage();
  await theirs.goto(workspace);
  await expect(theirs).toHaveURL(/\/sign-in/);
  await phone.close();

  await page.getByRole("link", { name: "Danger zone" }).click();
  await expect(page.getByText("You are its last owner, so you cannot leave.")).toBeVisible();
  await expect(page.getByText("1 member loses access")).toBeVisible();
  await page.getByLabel("Type “Harbour & Vale” to confirm").fill("Harbour");
  await page.getByRole("button", { name: "Delete Harbour & Vale" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The name that was typed is not" })).toBeVisible();
  await page.getByLabel("Type “Harbour & Vale” to confirm").fill("Harbour & Vale");
  await page.getByRole("button", { name: "Delete Harbour & Vale" }).click();
  await expect(page.getByRole("status")).toContainText("The workspace is deleted.");
  await expect(page.getByText("You belong to no workspace")).toBeVisible();
  expect((await page.request.get(workspace)).status()).toBe(404);
  await page.context().close();
});
