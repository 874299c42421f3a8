import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { browserPerson } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

test("somebody asks not to be shown, the operator grants it, and from then on they are initials; without JavaScript", async ({
  browser,
  prepared: { installation, organizationId, key },
}) => {
  const person = "tomas-lind-asks";
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(installation.url);
  await page.getByRole("link", { name: "Remove my photo" }).click();
  await page.getByLabel("Your LinkedIn profile").fill("https://www.linkedin.com/company/acme");
  await page.getByLabel("Your e-mail address").fill("tomas@example.com");
  await page.getByRole("button", { name: "Ask for it" }).click();
  await expect(page.getByText("This address does not lead to a person's profile.")).toBeVisible();
  await expect(page.getByLabel("Your e-mail address")).toHaveValue("tomas@example.com");
  await page.getByLabel("Your LinkedIn profile").fill(`linkedin.com/in/${person}`);
  await page.getByLabel("Anything that helps to decide").fill("It is me");
  await page.getByRole("button", { name: "Ask for it" }).click();
  await expect(page.getByRole("status")).toContainText("It is asked for.");
  await context.close();

  const queue = `${installation.url}/operator/removals`;
  const operator = await browserPerson(browser, installation, "owner@example.com");
  const theirs = await operator.newPage();
  await theirs.goto(`${installation.url}/${organizationId}/settings`);
  await theirs.getByRole("link", { name: "Who asks not to be shown" }).click();
  await expect(theirs).toHaveURL(queue);
  expect(await accessibilityFaults(theirs)).toEqual([]);
  expect(await overflowAt(theirs, 320)).toBe(0);
  const request = theirs.getByRole("listitem").filter({ hasText: person });
  await expect(request.getByText("not confirmed")).toBeVisible();
  await request.getByRole("button", { name: `Grant the request for ${person}` }).click();
  await expect(theirs.getByRole("status")).toContainText("Granted.");
  const shown = await theirs.request.get(`${installation.url}/v1/avatar?key=${key}&username=${person}`, {
    maxRedirects: 0,
  });
  expect([shown.status(), shown.headers()["x-avatar-status"]]).toEqual([200, "not_found"]);
  const { suppressions } = await installation.avtrz<{ suppressions: { username: string }[] }>("suppress", "list");
  expect(suppressions.map(({ username }) => username)).toContain(person);
  await operator.close();

  // For anybody else there is no such page.
  const other = await browserPerson(browser, installation, "no-operator@example.com");
  const response = await (await other.newPage()).goto(queue);
  expect(response?.status()).toBe(404);
  await other.close();
});
