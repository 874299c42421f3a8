import { newcomer } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

test("what was done is told in sentences, narrowed by filters in the address, and taken along as CSV", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "active@example.com", { javaScriptEnabled: false });
  const id = workspace.split("/").at(-1) ?? "";
  await installation.avtrz("key", "create", "--org", id, "--type", "secret", "--name", "Backend");
  await page.goto(`${workspace}/members`);
  await page.getByRole("button", { name: "Make an invitation" }).click();
  await page.goto(`${workspace}/activity`);
  const lines = page.getByRole("main").getByRole("listitem");
  await expect(lines.nth(0)).toContainText("You invited whoever has the link as member");
  await expect(lines.nth(1)).toContainText("The operator created the secret key Backend");
  await page.getByLabel("About").selectOption("API keys");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/\/activity\?action=key&actor=$/);
  await expect(lines).toHaveCount(1);
  const href = (await page.getByRole("link", { name: "CSV" }).getAttribute("href")) ?? "";
  const csv = await (await page.request.get(installation.url + href)).text();
  expect(csv.trim().split("\r\n")).toHaveLength(2);
  expect(csv).toMatch(/^aud_\w+,[^,]+,operator,,key\.create,key_\w+,Backend,/m);
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(lines).toHaveCount(4);
  await page.context().close();
});
